package ai.signal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.signal.SparkExtension;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.lora.LoraConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A run on real Spark and the real small model. */
@ExtendWith(SparkExtension.class)
class RunTest {
  private static final Loss LOSS = new CrossEntropy();

  private static RunConfig.Builder config() {
    return RunConfig.of("builtin:tiny")
        .lora(new LoraConfig(4, 8, 0, List.of("all-linear")))
        .seed(7);
  }

  /** Unequal lengths. */
  private static List<Example> examples(TrainingClient run, int n) {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      examples.add(
          run.example(
              "Anna has " + "a red book and ".repeat(i % 5) + "a cup.",
              " Leo has " + i + " cups."));
    }
    return examples;
  }

  @Test
  void stepsLowerTheLoss(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config().build());
      List<Example> batch = examples(run, 6);
      double first = run.forwardBackward(batch, LOSS).loss();
      OptimStepResult step = run.optimStep(AdamW.of(5e-3));
      for (int i = 0; i < 4; i++) {
        run.forwardBackward(batch, LOSS);
        run.optimStep(AdamW.of(5e-3));
      }

      assertThat(run.forward(batch, LOSS).loss()).isLessThan(0.7 * first);
      assertThat(step.step()).isEqualTo(1);
      assertThat(step.learningRate()).isEqualTo(5e-3);
      assertThat(step.gradNorm()).isPositive();
      assertThat(step.tokens()).isEqualTo(batch.stream().mapToLong(Example::length).sum());
      assertThat(run.step()).isEqualTo(5);
    }
  }

  @Test
  void unequalBatchesAccumulateToTheirUnion(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient parts = signal.createRun(config().build());
      TrainingClient whole = signal.createRun(config().build());
      List<Example> batch = examples(whole, 7);

      parts.forwardBackward(batch.subList(0, 2), LOSS);
      parts.forwardBackward(batch.subList(2, 7), LOSS);
      whole.forwardBackward(batch, LOSS);
      OptimStepResult stepOfParts = parts.optimStep(AdamW.of(1e-3));
      OptimStepResult stepOfWhole = whole.optimStep(AdamW.of(1e-3));

      assertThat(stepOfParts.gradNorm())
          .isCloseTo(stepOfWhole.gradNorm(), within(1e-6 * stepOfWhole.gradNorm()));
      assertThat(stepOfParts.tokens()).isEqualTo(stepOfWhole.tokens());
    }
  }

  @Test
  void theSameRunTwiceHasTheSameBits(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      RunConfig dropped =
          config()
              .lora(new LoraConfig(4, 8, 0.2, List.of("q_proj", "lm_head")))
              .tokensPerMicrobatch(40)
              .lanes(3)
              .build();
      float[] once = train(signal.createRun(dropped));
      float[] again = train(signal.createRun(dropped));

      assertThat(again).isEqualTo(once);
    }
  }

  private static float[] train(TrainingClient run) {
    for (int i = 0; i < 3; i++) {
      run.forwardBackward(examples(run, 8), LOSS);
      run.optimStep(AdamW.of(1e-3).withWeightDecay(0.01).withGradClip(0.5));
    }
    return run.adapter();
  }

  @Test
  void optimStepNeedsAGradient(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config().build());
      assertThatThrownBy(() -> run.optimStep(AdamW.of(1e-3)))
          .hasCauseInstanceOf(TrainingException.class)
          .hasMessage("Cannot apply optim_step: there is no gradient; call forward_backward first");
      run.forwardBackward(examples(run, 1), LOSS);
      run.zeroGrad();
      assertThatThrownBy(() -> run.optimStep(AdamW.of(1e-3)))
          .hasCauseInstanceOf(TrainingException.class);
    }
  }

  /** A loss that is wrong in a chosen way. */
  private record Broken(String name, float coefficient, boolean fails) implements Loss {
    @Override
    public Output apply(LossInput input) {
      if (fails) {
        throw new IllegalStateException("Broken on purpose");
      }
      float[] coefficients = new float[input.positions()];
      Arrays.fill(coefficients, coefficient);
      return new Output(1, input.positions(), coefficients);
    }
  }

  @Test
  void aGradientThatIsNotFiniteIsDroppedAndReported(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config().build());
      float[] before = run.adapter();
      run.forwardBackward(examples(run, 2), new Broken("nan", Float.NaN, false));
      OptimStepResult step = run.optimStep(AdamW.of(1e-3));

      assertThat(step.applied()).isFalse();
      assertThat(step.step()).as("steps done").isEqualTo(1);
      assertThat(run.adapter()).isEqualTo(before);

      run.forwardBackward(examples(run, 2), LOSS);
      assertThat(run.optimStep(AdamW.of(1e-3)).applied()).isTrue();
    }
  }

  @Test
  void aFailedCallAddsNothing(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient disturbed = signal.createRun(config().build());
      TrainingClient calm = signal.createRun(config().build());
      List<Example> batch = examples(calm, 4);

      disturbed.forwardBackward(batch, LOSS);
      assertThatThrownBy(() -> disturbed.forwardBackward(batch, new Broken("fails", 1, true)))
          .hasStackTraceContaining("Broken on purpose");
      disturbed.optimStep(AdamW.of(1e-3));
      calm.forwardBackward(batch, LOSS);
      calm.optimStep(AdamW.of(1e-3));

      assertThat(disturbed.adapter()).isEqualTo(calm.adapter());
    }
  }

  @Test
  void anExampleThatTheModelCannotTakeIsNamed(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config().build());
      Example strange =
          new Example("strange", new int[] {1, 2}, new int[] {2, 906}, new float[] {1, 1});
      assertThatThrownBy(() -> run.forwardBackward(List.of(strange), LOSS))
          .hasStackTraceContaining(
              "example 'strange' has token 906 at position 1, but the model's vocabulary has 906");
      int[] many = new int[513];
      Example tooLong = new Example("long", many, many, new float[513]);
      assertThatThrownBy(() -> run.forward(List.of(tooLong), LOSS))
          .hasStackTraceContaining(
              "example 'long' has 513 tokens, but the model's context holds 512");
    }
  }

  @Test
  void lossesWithDifferentMeansDoNotMix(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config().build());
      run.forwardBackward(examples(run, 2), LOSS);
      run.forwardBackward(examples(run, 2), new Broken("other", -1, false));

      assertThatThrownBy(() -> run.optimStep(AdamW.of(1e-3)))
          .hasMessageContaining("normalization none");
      assertThat(run.optimStep(AdamW.of(1e-3), Normalization.NONE).applied()).isTrue();
    }
  }
}
