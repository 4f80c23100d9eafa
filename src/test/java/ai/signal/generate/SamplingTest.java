package ai.signal.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.signal.SparkExtension;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.Loss;
import ai.signal.train.LossInput;
import ai.signal.train.RunConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sampling from the real small model, with an adapter that changes it. */
@ExtendWith(SparkExtension.class)
class SamplingTest {
  private static TrainingClient run(SignalClient signal, DType dtype) {
    TrainingClient run =
        signal.createRun(
            RunConfig.of("builtin:tiny")
                .dtype(dtype)
                .lora(new LoraConfig(4, 8, 0, List.of("q_proj", "down_proj", "lm_head")))
                .build());
    run.forwardBackward(List.of(run.example("Anna has a", " red cup.")), new CrossEntropy());
    run.optimStep(AdamW.of(1e-2));
    return run;
  }

  /**
   * Prompts of many lengths, so that rows fall into different buckets and finish at different
   * times.
   */
  private static List<String> prompts(int n) {
    List<String> prompts = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      prompts.add("On Monday Anna walked to the mill. ".repeat(i * 7 % 12) + "Leo has " + i);
    }
    return prompts;
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "BFLOAT16"})
  void aRowsBitsDoNotDependOnItsCompanions(DType dtype, SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, dtype);
      List<String> prompts = prompts(21);
      SamplingParams params = SamplingParams.random(40, 1, 5);
      List<Completion> together = run.sample(prompts, params);

      // The seed counts a prompt's place, so the first one alone is the same request.
      Completion alone = run.sample(prompts.subList(0, 1), params).get(0);
      assertThat(together.get(0)).usingRecursiveComparison().isEqualTo(alone);

      // Greedy has no seed: every prompt alone.
      List<Completion> greedy = run.sample(prompts, SamplingParams.greedy(40));
      for (int i = 0; i < prompts.size(); i += 4) {
        Completion single = run.sample(List.of(prompts.get(i)), SamplingParams.greedy(40)).get(0);
        assertThat(greedy.get(i)).usingRecursiveComparison().isEqualTo(single);
      }
    }
  }

  @Test
  void sameSeedSameTextAndAnotherSeedAnother(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, DType.FLOAT32);
      List<String> texts = texts(run, SamplingParams.random(30, 1, 1));
      assertThat(texts(run, SamplingParams.random(30, 1, 1))).isEqualTo(texts);
      assertThat(texts(run, SamplingParams.random(30, 1, 2))).isNotEqualTo(texts);
    }
  }

  @Test
  void aChoiceOfOneIsGreedy(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, DType.FLOAT32);
      List<String> greedy = texts(run, SamplingParams.greedy(30));
      assertThat(texts(run, new SamplingParams(30, 1, 1, 1, 3))).isEqualTo(greedy);
      assertThat(texts(run, new SamplingParams(30, 1, 0, 1e-9, 3))).isEqualTo(greedy);
      assertThat(texts(run, new SamplingParams(30, 1e-4, 0, 1, 3))).isEqualTo(greedy);
    }
  }

  private static List<String> texts(TrainingClient run, SamplingParams params) {
    return run.sample(prompts(5), params).stream().map(Completion::completion).toList();
  }

  /**
   * Frequencies of the first token over many seeds against the probabilities that are reported for
   * it.
   */
  @Test
  void tokensAreDrawnWithTheirProbability(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, DType.FLOAT32);
      List<String> same = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        same.add("Leo has");
      }
      List<Completion> all = run.sample(same, SamplingParams.random(1, 1, 11));
      int likely = run.sample(same.subList(0, 1), SamplingParams.greedy(1)).get(0).tokenIds()[0];
      double probability =
          all.stream()
              .filter(c -> c.tokenIds()[0] == likely)
              .mapToDouble(c -> Math.exp(c.logprobs()[0]))
              .findFirst()
              .orElseThrow();
      double share = all.stream().filter(c -> c.tokenIds()[0] == likely).count() / 600.0;
      double deviation = Math.sqrt(probability * (1 - probability) / 600);
      assertThat(share).isCloseTo(probability, within(4 * deviation));

      // Half the temperature squares the odds; the k most likely share what top_k leaves.
      List<Completion> two = run.sample(same, new SamplingParams(1, 1, 2, 1, 11));
      assertThat(two.stream().map(c -> c.tokenIds()[0]).distinct().count()).isEqualTo(2);
      double other =
          two.stream()
              .filter(c -> c.tokenIds()[0] != likely)
              .mapToDouble(c -> Math.exp(c.logprobs()[0]))
              .findFirst()
              .orElseThrow();
      double ofTwo = two.stream().filter(c -> c.tokenIds()[0] == likely).count() / 600.0;
      assertThat(ofTwo)
          .isCloseTo(probability / (probability + other), within(4 * Math.sqrt(0.25 / 600)));
    }
  }

  /** A loss that keeps the log-probabilities it is given. */
  private static final class Recorder implements Loss {
    private static final long serialVersionUID = 1;
    private static final List<float[]> SEEN = new ArrayList<>();

    @Override
    public String name() {
      return "recorder";
    }

    @Override
    public Output apply(LossInput input) {
      synchronized (SEEN) {
        SEEN.add(input.logprobs().clone());
      }
      return new Output(0, 1, new float[input.positions()]);
    }
  }

  @Test
  void samplerAndTrainerAgreeOnLogProbabilities(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, DType.FLOAT32);
      Completion sampled = run.sample(prompts(2), SamplingParams.random(40, 1, 3)).get(1);
      int[] prompt = run.tokenizer().encodeWithSpecials(sampled.prompt());
      int[] all = Arrays.copyOf(prompt, prompt.length + sampled.tokenIds().length);
      System.arraycopy(sampled.tokenIds(), 0, all, prompt.length, sampled.tokenIds().length);
      float[] weights = new float[all.length - 1];
      Arrays.fill(weights, prompt.length - 1, weights.length, 1);
      Example example =
          new Example(
              "sampled",
              Arrays.copyOf(all, all.length - 1),
              Arrays.copyOfRange(all, 1, all.length),
              weights);

      Recorder.SEEN.clear();
      run.forward(List.of(example), new Recorder());

      assertThat(Recorder.SEEN).hasSize(1);
      assertThat(Recorder.SEEN.get(0)).containsExactly(sampled.logprobs(), within(1e-4f));
    }
  }

  @Test
  void aPromptThatDoesNotFitIsRefusedWithItsNumbers(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, DType.FLOAT32);
      assertThatThrownBy(
              () -> run.sample(List.of("Anna", "Leo ".repeat(600)), SamplingParams.greedy(10)))
          .hasStackTraceContaining("lane 1: prompt 1 has")
          .hasStackTraceContaining("the model's context holds 512");
    }
  }

  @Test
  void badParametersAreRefused() {
    assertThatThrownBy(() -> SamplingParams.greedy(0)).hasMessageContaining("max_tokens is 0");
    assertThatThrownBy(() -> SamplingParams.random(1, -1, 0))
        .hasMessageContaining("temperature is -1");
    assertThatThrownBy(() -> new SamplingParams(1, 1, -1, 1, 0))
        .hasMessageContaining("top_k is -1");
    assertThatThrownBy(() -> new SamplingParams(1, 1, 0, 0, 0)).hasMessageContaining("top_p is 0");
  }
}
