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
import ai.signal.train.RunConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

      // Alone, and first as well as last of a call: the same request.
      for (int i = 0; i < prompts.size(); i += 5) {
        Completion alone = run.sample(List.of(prompts.get(i)), params).get(0);
        assertThat(together.get(i)).usingRecursiveComparison().isEqualTo(alone);
      }
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
      assertThat(texts(run, SamplingParams.of(30).topK(1).seed(3).build())).isEqualTo(greedy);
      assertThat(texts(run, SamplingParams.of(30).topP(1e-9).seed(3).build())).isEqualTo(greedy);
      assertThat(texts(run, SamplingParams.of(30).temperature(1e-4).seed(3).build()))
          .isEqualTo(greedy);
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
      List<Completion> two = run.sample(same, SamplingParams.of(1).topK(2).seed(11).build());
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

  @ParameterizedTest
  @CsvSource({"FLOAT32, 1e-4", "BFLOAT16, 2e-2"})
  void samplerAndTrainerAgreeOnLogProbabilities(DType dtype, float tolerance, SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, dtype);
      SamplingParams params = SamplingParams.of(60).promptLogprobs(true).seed(3).build();
      for (Completion sampled : run.sample(prompts(6), params)) {
        int[] prompt = sampled.promptLogprobs().tokenIds();
        int[] all = Arrays.copyOf(prompt, prompt.length + sampled.tokenIds().length);
        System.arraycopy(sampled.tokenIds(), 0, all, prompt.length, sampled.tokenIds().length);
        float[] weights = new float[all.length - 1];
        Arrays.fill(weights, 1);
        Example example =
            new Example(
                "sampled",
                Arrays.copyOf(all, all.length - 1),
                Arrays.copyOfRange(all, 1, all.length),
                weights);

        float[] trained = run.forward(List.of(example), new CrossEntropy()).logprobs().get(0);

        float[] ofPrompt = sampled.promptLogprobs().logprobs();
        assertThat(ofPrompt[0]).isNaN();
        assertThat(Arrays.copyOf(trained, prompt.length - 1))
            .containsExactly(Arrays.copyOfRange(ofPrompt, 1, prompt.length), within(tolerance));
        assertThat(Arrays.copyOfRange(trained, prompt.length - 1, trained.length))
            .containsExactly(sampled.logprobs(), within(tolerance));
      }
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
    assertThatThrownBy(() -> SamplingParams.of(1).topK(-1).build())
        .hasMessageContaining("top_k is -1");
    assertThatThrownBy(() -> SamplingParams.of(1).topP(0).build())
        .hasMessageContaining("top_p is 0");
  }
}
