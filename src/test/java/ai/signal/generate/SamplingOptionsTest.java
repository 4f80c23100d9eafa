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
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What can be asked of a completion, on the real small model. */
@ExtendWith(SparkExtension.class)
class SamplingOptionsTest {
  private static final String PROMPT = "Anna has a red cup.\nQuestion:";
  private static SignalClient signal;
  private static TrainingClient run;

  @BeforeAll
  static void open(SparkSession spark) {
    signal = SignalClient.on(spark);
    run = signal.createRun(RunConfig.of("builtin:tiny").dtype(DType.FLOAT32).build());
  }

  @AfterAll
  static void close() {
    signal.close();
  }

  private static List<Completion> sample(SamplingParams.Builder params, String... prompts) {
    return run.sample(List.of(prompts), params.build());
  }

  private static SamplingParams.Builder greedy(int maxTokens) {
    return SamplingParams.of(maxTokens).temperature(0);
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "BFLOAT16"})
  void samplesOfAPromptAreThoseOfThePromptRepeated(DType dtype) {
    TrainingClient own = signal.createRun(RunConfig.of("builtin:tiny").dtype(dtype).build());
    SamplingParams.Builder params = SamplingParams.of(24).seed(4);
    List<Completion> repeated =
        own.sample(Collections.nCopies(11, PROMPT), params.build()); // more than a block has rows
    List<Completion> together = own.sample(List.of(PROMPT), params.n(11).build());

    assertThat(together).usingRecursiveComparison().isEqualTo(repeated);
    assertThat(together.stream().map(Completion::completion).distinct().count()).isGreaterThan(5);
    own.close();
  }

  @Test
  void samplesComePromptByPrompt() {
    List<Completion> all = sample(SamplingParams.of(3).n(3), "Leo has", PROMPT);
    assertThat(all.stream().map(Completion::prompt))
        .containsExactly("Leo has", "Leo has", "Leo has", PROMPT, PROMPT, PROMPT);
    assertThat(sample(SamplingParams.of(3).n(3), PROMPT))
        .usingRecursiveComparison()
        .isEqualTo(all.subList(3, 6));
  }

  @Test
  void aPromptOfTokensIsThePromptOfTheirText() {
    SamplingParams params = SamplingParams.of(20).n(2).seed(9).build();
    int[] tokens = run.tokenizer().encodeWithSpecials(PROMPT);
    List<Completion> ofTokens = run.sampleTokens(List.of(tokens, tokens), params);
    assertThat(ofTokens)
        .usingRecursiveComparison()
        .ignoringFields("prompt")
        .isEqualTo(run.sample(List.of(PROMPT, PROMPT), params));
    assertThat(ofTokens.get(0).prompt()).isEqualTo(PROMPT);
    assertThat(ofTokens.get(0).promptTokenIds()).isEqualTo(tokens);
    assertThatThrownBy(
            () ->
                run.sample(
                    List.of(PROMPT),
                    SamplingParams.of(5).minTokens(2).stopTokenIds(List.of(100_000)).build()))
        .hasStackTraceContaining("stop_token_ids or top_logprobs go beyond the model's vocabulary");
    assertThatThrownBy(() -> run.sample(List.of(PROMPT), greedy(Integer.MAX_VALUE).build()))
        .hasStackTraceContaining("max_tokens is 2147483647, but the model's context holds 512");
    assertThatThrownBy(() -> run.sampleTokens(List.of(tokens, new int[] {1, 100_000}), params))
        .hasStackTraceContaining("prompt 1 has token 100000, but the model's vocabulary has");
  }

  @Test
  void noCompletionEndsBeforeItsFewestTokens() {
    Completion plain = sample(greedy(40), PROMPT).get(0);
    assertThat(plain.stopReason()).isEqualTo(StopReason.EOS);
    int n = plain.tokenIds().length;

    Completion longer = sample(greedy(40).minTokens(n + 5), PROMPT).get(0);

    assertThat(longer.tokenIds().length).isGreaterThan(n + 5);
    assertThat(longer.tokenIds()).startsWith(Arrays.copyOf(plain.tokenIds(), n - 1));
    assertThat(sample(greedy(40).minTokens(n), PROMPT).get(0).tokenIds().length).isGreaterThan(n);
    assertThat(sample(greedy(40).minTokens(n - 1), PROMPT).get(0))
        .usingRecursiveComparison()
        .isEqualTo(plain);
  }

  @Test
  void aTextOrATokenStopsIt() {
    Completion plain = sample(greedy(40), PROMPT).get(0);
    String text = plain.completion();
    String stop = text.substring(5, 8);

    Completion stopped = sample(greedy(40).stop(List.of("nowhere", stop)), PROMPT).get(0);

    assertThat(stopped.stopReason()).isEqualTo(StopReason.STOP);
    assertThat(stopped.completion()).isEqualTo(text.substring(0, text.indexOf(stop)));
    assertThat(plain.tokenIds()).startsWith(stopped.tokenIds());
    assertThat(run.tokenizer().decode(stopped.tokenIds())).contains(stop);
    assertThat(
            run.tokenizer()
                .decode(Arrays.copyOf(stopped.tokenIds(), stopped.tokenIds().length - 1)))
        .doesNotContain(stop);

    int third = plain.tokenIds()[3];
    int first =
        IntStream.range(0, 40).filter(i -> plain.tokenIds()[i] == third).findFirst().orElseThrow();
    Completion byToken = sample(greedy(40).stopTokenIds(List.of(third)), PROMPT).get(0);
    assertThat(byToken.stopReason()).isEqualTo(StopReason.STOP);
    assertThat(byToken.tokenIds()).isEqualTo(Arrays.copyOf(plain.tokenIds(), first + 1));
    assertThat(byToken.completion())
        .isEqualTo(run.tokenizer().decode(Arrays.copyOf(plain.tokenIds(), first)));
  }

  @Test
  void aStopThatIsASpecialTokenEndsIt() {
    RunConfig config =
        RunConfig.of("builtin:tiny")
            .dtype(DType.FLOAT32)
            .lora(new LoraConfig(4, 8, 0, List.of("all-linear")))
            .build();
    try (TrainingClient own = signal.createRun(config)) {
      List<Example> examples = List.of(own.example("Hi", " Hello.<|user|>Hi"));
      double loss = Double.POSITIVE_INFINITY;
      for (int i = 0; i < 200 && loss > 0.02; i++) {
        loss =
            own.trainBatch(examples, new CrossEntropy(), AdamW.of(3e-3)).forwardBackward().loss();
      }
      SamplingParams.Builder params = greedy(12);
      Completion plain = own.sample(List.of("Hi"), params.build()).get(0);
      assertThat(plain.completion()).isEqualTo(" Hello.Hi");

      Completion stopped =
          own.sample(List.of("Hi"), params.stop(List.of("<|user|>")).build()).get(0);

      assertThat(stopped.stopReason()).isEqualTo(StopReason.STOP);
      assertThat(stopped.completion()).isEqualTo(" Hello.");
      assertThat(stopped.tokenIds()).isEqualTo(Arrays.copyOf(plain.tokenIds(), 6)).endsWith(4);
    }
  }

  @Test
  void whatIsPenalizedEnoughDoesNotComeAgain() {
    SamplingParams.Builder params = greedy(60).minTokens(60);
    assertThat(sample(params, PROMPT).get(0).tokenIds()).matches(SamplingOptionsTest::repeats);

    int[] presence = sample(params.presencePenalty(1000), PROMPT).get(0).tokenIds();
    int[] frequency =
        sample(params.presencePenalty(0).frequencyPenalty(1000), PROMPT).get(0).tokenIds();
    assertThat(presence).doesNotHaveDuplicates();
    assertThat(frequency).isEqualTo(presence);

    int[] repetition =
        sample(params.frequencyPenalty(0).repetitionPenalty(1e6), PROMPT).get(0).tokenIds();
    assertThat(repetition)
        .doesNotHaveDuplicates()
        .doesNotContain(run.tokenizer().encodeWithSpecials(PROMPT));
  }

  private static boolean repeats(int[] tokens) {
    return Arrays.stream(tokens).distinct().count() < tokens.length;
  }

  @Test
  void aRowsPenaltiesAreItsOwn() {
    List<String> prompts = new ArrayList<>(List.of(PROMPT));
    for (int i = 0; i < 9; i++) {
      prompts.add("On Monday Anna walked to the mill. ".repeat(i % 3) + "Leo has " + i);
    }
    SamplingParams params =
        SamplingParams.of(30)
            .topK(50)
            .topP(0.95)
            .minP(0.01)
            .repetitionPenalty(1.3)
            .presencePenalty(0.2)
            .frequencyPenalty(0.1)
            .minTokens(10)
            .seed(2)
            .build();
    List<Completion> together = run.sample(prompts, params);
    for (int i = 0; i < prompts.size(); i += 3) {
      assertThat(run.sample(prompts.subList(i, i + 1), params).get(0))
          .usingRecursiveComparison()
          .isEqualTo(together.get(i));
    }
  }

  @Test
  void theMostLikelyTokensAreReported() {
    Completion found = sample(greedy(12).topLogprobs(3).topPromptLogprobs(2), PROMPT).get(0);

    int n = found.tokenIds().length;
    assertThat(found.top().k()).isEqualTo(3);
    assertThat(found.top().ids()).hasSize(3 * n);
    for (int i = 0; i < n; i++) {
      assertThat(found.top().ids()[3 * i]).isEqualTo(found.tokenIds()[i]); // greedy
      assertThat(found.top().logprobs()[3 * i]).isEqualTo(found.logprobs()[i]);
      assertThat(found.top().logprobs()[3 * i + 1]).isLessThanOrEqualTo(found.logprobs()[i]);
    }

    // What the prompt's end expects is what greedy sampling takes: the prompt with its completion.
    int[] prompt = run.tokenizer().encodeWithSpecials(PROMPT);
    int[] all = Arrays.copyOf(prompt, prompt.length + n);
    System.arraycopy(found.tokenIds(), 0, all, prompt.length, n);
    TextLogprobs whole =
        run.sampleTokens(List.of(all), greedy(1).topPromptLogprobs(2).build())
            .get(0)
            .promptLogprobs();
    assertThat(whole.tokenIds()).isEqualTo(all);
    assertThat(whole.top().ids()[0]).isEqualTo(-1);
    for (int i = 0; i < n; i++) {
      assertThat(whole.top().ids()[2 * (prompt.length + i)]).isEqualTo(found.tokenIds()[i]);
      assertThat(whole.logprobs()[prompt.length + i]).isCloseTo(found.logprobs()[i], within(1e-4f));
    }
    assertThat(Arrays.copyOf(whole.top().logprobs(), 2 * prompt.length))
        .containsExactly(found.promptLogprobs().top().logprobs(), within(1e-4f));
  }

  @Test
  void badParametersAreRefused() {
    assertThatThrownBy(() -> SamplingParams.of(5).n(0).build()).hasMessageContaining("n is 0");
    assertThatThrownBy(() -> SamplingParams.of(5).minTokens(6).build())
        .hasMessage(
            "Cannot sample: min_tokens is 6, it must be a whole number from 0 to max_tokens, 5");
    assertThatThrownBy(() -> SamplingParams.of(5).minP(1.1).build())
        .hasMessage("Cannot sample: min_p is 1.1, it must be a number from 0 to 1");
    assertThatThrownBy(() -> SamplingParams.of(5).repetitionPenalty(0).build())
        .hasMessageContaining("repetition_penalty is 0.0");
    assertThatThrownBy(() -> SamplingParams.of(5).presencePenalty(Double.NaN).build())
        .hasMessageContaining("presence_penalty is NaN");
    assertThatThrownBy(() -> SamplingParams.of(5).stop(List.of("")).build())
        .hasMessageContaining("stop is []");
    assertThatThrownBy(() -> SamplingParams.of(5).topLogprobs(21).build())
        .hasMessageContaining("top_logprobs is 21");
  }
}
