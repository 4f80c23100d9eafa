package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.signal.SparkExtension;
import ai.signal.client.SaveMode;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.generate.Completion;
import ai.signal.generate.SamplingParams;
import ai.signal.goldens.GoldenCase.Generation;
import ai.signal.goldens.GoldenCase.Sequence;
import ai.signal.goldens.GoldenCase.Step;
import ai.signal.model.DType;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.OptimStepResult;
import ai.signal.train.RunConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The primitives on Spark, two lanes and several micro-batches, are held to PEFT and torch. */
@ExtendWith(SparkExtension.class)
class ClientGoldenTest {

  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void tenStepsOfAdamW(GoldenCase golden, SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config(golden).build());
      float[] initial = run.adapter().clone();
      for (Step step : golden.steps()) {
        step(run, golden, step);
      }
      float[] expected = GoldenModel.flat(run.layout(), golden.tensors("trained.safetensors"));
      assertThat(Difference.ofTensors(run.layout(), run.adapter(), expected)).isLessThan(1e-4);
      assertThat(
              Difference.ofTensors(
                  run.layout(), moved(initial, run.adapter()), moved(initial, expected)))
          .as("what the steps changed")
          .isLessThan(1e-3);
    }
  }

  /** The batch goes in as two calls of unequal size, which the optimizer must not see. */
  private static void step(TrainingClient run, GoldenCase golden, Step step) {
    List<Example> batch = examples(golden, step.sequences());
    double loss = 0;
    double denominator = 0;
    int cut = batch.size() / 4;
    for (List<Example> part : List.of(batch.subList(0, cut), batch.subList(cut, batch.size()))) {
      if (!part.isEmpty()) {
        var result = run.forwardBackward(part, new CrossEntropy());
        loss += result.lossSum();
        denominator += result.denominator();
      }
    }
    assertThat(loss / denominator).isCloseTo(step.loss(), within(1e-5 * step.loss()));
    GoldenCase.Optimizer o = golden.optimizer();
    OptimStepResult result =
        run.optimStep(
            new AdamW(
                step.learningRate(), o.beta1(), o.beta2(), o.eps(), o.weightDecay(), o.gradClip()));
    assertThat(result.gradNorm()).isCloseTo(step.gradNorm(), within(1e-4 * step.gradNorm()));
  }

  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void greedySamplesStopAtEos(GoldenCase golden, SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config(golden).build());
      List<String> prompts =
          golden.generations().stream().map(generation -> words(generation.prompt())).toList();
      List<Completion> completions = run.sample(prompts, SamplingParams.greedy(12));
      for (int i = 0; i < completions.size(); i++) {
        Generation expected = golden.generations().get(i);
        int n = untilEos(expected.tokens());
        assertThat(completions.get(i).tokenIds())
            .containsExactly(Arrays.copyOf(expected.tokens(), n));
        float[] logprobs = Arrays.copyOf(expected.logprobs(), n);
        assertThat(Difference.largest(completions.get(i).logprobs(), logprobs)).isLessThan(1e-4);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void adapterOfPeftIsSavedAsItCame(GoldenCase golden, SparkSession spark, @TempDir Path folder) {
    try (SignalClient signal = SignalClient.on(spark)) {
      Path saved = folder.resolve("adapter");
      signal.createRun(config(golden).build()).saveState(SaveMode.ADAPTER, saved.toString());
      Map<String, float[]> actual = GoldenTensors.read(saved.resolve("adapter_model.safetensors"));
      Map<String, float[]> expected = new TreeMap<>(golden.adapterTensors());
      expected.keySet().removeIf(name -> name.contains(".base_layer."));
      assertThat(actual.keySet()).isEqualTo(expected.keySet());
      expected.forEach((name, values) -> assertThat(actual.get(name)).containsExactly(values));
    }
  }

  /** At every one of fifty steps, in which the loss more than halves. */
  @Test
  void bfloat16LearnsAsFloat32Does(SparkSession spark) {
    GoldenCase golden = GoldenCase.named("bfloat16");
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient exact = signal.createRun(config(golden).build());
      TrainingClient rounded = signal.createRun(config(golden).dtype(DType.BFLOAT16).build());
      List<Example> batch =
          examples(golden, IntStream.range(0, golden.sequences().size()).toArray());
      double expected = 0;
      for (int step = 0; step < 50; step++) {
        expected = exact.forwardBackward(batch, new CrossEntropy()).loss();
        double actual = rounded.forwardBackward(batch, new CrossEntropy()).loss();
        assertThat(actual).isCloseTo(expected, within(0.02 * expected));
        exact.optimStep(AdamW.of(2e-3));
        rounded.optimStep(AdamW.of(2e-3));
      }
      assertThat(expected).as("loss after training").isLessThan(golden.loss() / 2);
      assertThat(Difference.relative(rounded.adapter(), exact.adapter())).isGreaterThan(1e-3);
    }
  }

  private static RunConfig.Builder config(GoldenCase golden) {
    return RunConfig.of(golden.model().toString())
        .name(golden.toString())
        .init(golden.adapter().toString())
        .lanes(2)
        .tokensPerMicrobatch(golden.logprobs().length / 6);
  }

  private static List<Example> examples(GoldenCase golden, int[] indices) {
    List<Example> examples = new ArrayList<>();
    for (int i : indices) {
      Sequence sequence = golden.sequences().get(i);
      examples.add(
          new Example("golden " + i, sequence.tokens(), sequence.targets(), sequence.weights()));
    }
    return examples;
  }

  private static String words(int[] tokens) {
    return IntStream.of(tokens).mapToObj("<%d>"::formatted).collect(Collectors.joining(" "));
  }

  /** Tokens up to the first EOS, that included; transformers went on behind it. */
  private static int untilEos(int[] tokens) {
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] == 2) {
        return i + 1;
      }
    }
    return tokens.length;
  }

  private static float[] moved(float[] from, float[] to) {
    float[] moved = new float[to.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = to[i] - from[i];
    }
    return moved;
  }
}
