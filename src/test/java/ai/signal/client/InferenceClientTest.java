package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.signal.SparkExtension;
import ai.signal.chat.Conversation;
import ai.signal.generate.Completion;
import ai.signal.generate.Pooling;
import ai.signal.generate.PromptRequest;
import ai.signal.generate.SamplingParams;
import ai.signal.generate.StopReason;
import ai.signal.generate.TextLogprobs;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.model.ModelFormatException;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.RunConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Reading a model, on real weights. */
@ExtendWith(SparkExtension.class)
class InferenceClientTest {
  private static final String PROMPT = "Anna has a red cup.\nQuestion:";
  private static SignalClient signal;
  private static TrainingClient run;

  @BeforeAll
  static void open(SparkSession spark) {
    signal = SignalClient.on(spark);
    run = create();
    learn(run);
  }

  @AfterAll
  static void close() {
    signal.close();
  }

  private static TrainingClient create() {
    return signal.createRun(
        RunConfig.of("builtin:tiny")
            .dtype(DType.FLOAT32)
            .lora(new LoraConfig(4, 8, 0, List.of("all-linear")))
            .build());
  }

  private static void learn(TrainingClient of) {
    of.forwardBackward(List.of(of.example(PROMPT, " Why is the sky blue?")), new CrossEntropy());
    of.optimStep(AdamW.of(2e-2));
  }

  private static String text(InferenceClient model) {
    return model.sample(PROMPT, SamplingParams.greedy(24)).get(0).completion();
  }

  @Test
  void itStaysWhatItWasAndOutlivesItsRun() {
    TrainingClient own = create();
    InferenceClient before = own.inference();
    learn(own);
    try (InferenceClient after = own.inference()) {
      String was = text(before);
      String is = text(after);
      assertThat(is).isNotEqualTo(was);
      assertThat(before.version()).isZero();
      assertThat(after.version()).isEqualTo(1);

      learn(own);
      own.close();

      assertThat(text(before)).isEqualTo(was);
      assertThat(text(after)).isEqualTo(is);
    }
    before.close();
    assertThatThrownBy(() -> text(before)).hasMessageContaining("client is closed");
  }

  @Test
  void aBaseModelAloneOrWithASavedAdapter(@TempDir Path directory) {
    RunConfig.Builder config = RunConfig.of("builtin:tiny").dtype(DType.FLOAT32);
    TrainingClient fresh = create(); // B is zero: the base model
    try (InferenceClient base = signal.inference(config.build())) {
      assertThat(text(base))
          .isEqualTo(fresh.sample(List.of(PROMPT), SamplingParams.greedy(24)).get(0).completion());
    }
    fresh.close();

    String path = directory.resolve("adapter").toString();
    run.saveState(SaveMode.ADAPTER, path);
    try (InferenceClient saved = signal.inference(config.init(path).build());
        InferenceClient pinned = run.inference()) {
      assertThat(saved.logprobs(List.of(PROMPT)).get(0).logprobs())
          .isEqualTo(pinned.logprobs(List.of(PROMPT)).get(0).logprobs());
    }
  }

  @Test
  void logprobsAreThoseThatSamplingSees() {
    try (InferenceClient model = run.inference()) {
      List<String> texts = List.of(PROMPT, "Leo has", PROMPT + " Why is Anna glad?");
      List<TextLogprobs> found = model.logprobs(texts);
      for (int i = 0; i < texts.size(); i++) {
        Completion seen =
            model.sample(texts.get(i), SamplingParams.of(1).promptLogprobs(true).build()).get(0);
        assertThat(found.get(i).tokenIds()).isEqualTo(model.tokenize(texts.get(i)));
        assertThat(found.get(i).logprobs()[0]).isNaN();
        for (int t = 1; t < found.get(i).tokenIds().length; t++) {
          assertThat(found.get(i).logprobs()[t])
              .isCloseTo(seen.promptLogprobs().logprobs()[t], within(1e-4f));
        }
      }
      assertThatThrownBy(() -> model.logprobsOfTokens(List.of(new int[] {5})))
          .isInstanceOf(SignalException.Failed.class)
          .hasStackTraceContaining("text 0 has 1 tokens, at least 2 are needed");
    }
  }

  @Test
  void embeddingsAreTheHiddenStatesOfTransformers() throws IOException {
    JsonNode goldens =
        new ObjectMapper()
            .readTree(Path.of("src/test/resources/embeddings/embeddings.json").toFile());
    for (JsonNode golden : goldens.get("cases")) {
      Path directory = Path.of("src/test/resources/goldens", golden.get("case").asText());
      RunConfig config =
          RunConfig.of(directory.resolve("model").toString())
              .init(directory.resolve("adapter").toString())
              .dtype(DType.FLOAT32)
              .tokensPerMicrobatch(24)
              .build();
      List<int[]> sequences = new ArrayList<>();
      golden.get("tokens").forEach(tokens -> sequences.add(ints(tokens)));
      try (InferenceClient model = signal.inference(config)) {
        for (Pooling pooling : Pooling.values()) {
          List<float[]> found =
              model.embeddingsOfTokens(sequences, pooling, golden.get("layer").asInt());
          JsonNode expected = golden.get(pooling.name().toLowerCase(Locale.ROOT));
          for (int i = 0; i < sequences.size(); i++) {
            assertThat(found.get(i)).containsExactly(floats(expected.get(i)), within(2e-5f));
          }
        }
      }
    }
  }

  private static int[] ints(JsonNode values) {
    int[] ints = new int[values.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = values.get(i).asInt();
    }
    return ints;
  }

  private static float[] floats(JsonNode values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).floatValue();
    }
    return floats;
  }

  @Test
  void aLayerThatIsNotThereIsRefused() {
    try (InferenceClient model = run.inference()) {
      int layers = model.modelInfo().layers();
      assertThatThrownBy(() -> model.embeddings(List.of(PROMPT), Pooling.MEAN, layers + 1))
          .hasStackTraceContaining("layer is %d, but the model has layers 0".formatted(layers + 1));
      assertThat(model.embeddings(List.of(PROMPT), Pooling.LAST, layers))
          .usingRecursiveComparison()
          .isEqualTo(model.embeddings(List.of(PROMPT), Pooling.LAST, -1));
    }
  }

  @Test
  void whatIsStreamedIsTheCompletion(SparkSession spark) {
    SamplingParams params =
        SamplingParams.of(60).n(3).minTokens(20).stop(List.of("cup", ". ")).seed(6).build();
    try (InferenceClient model = run.inference()) {
      Map<Integer, List<StreamedToken>> told = new ConcurrentHashMap<>();
      List<Boolean> early = new ArrayList<>();
      List<Completion> whole =
          model.stream(
              PROMPT,
              params,
              token -> {
                early.add(spark.sparkContext().statusTracker().getActiveJobIds().length > 0);
                told.computeIfAbsent(token.sample(), s -> new ArrayList<>()).add(token);
              });

      assertThat(whole).usingRecursiveComparison().isEqualTo(model.sample(PROMPT, params));
      assertThat(early.get(0)).isTrue();
      for (int sample = 0; sample < 3; sample++) {
        List<StreamedToken> tokens = told.get(sample);
        assertThat(tokens.stream().mapToInt(StreamedToken::tokenId).toArray())
            .isEqualTo(whole.get(sample).tokenIds());
        for (int i = 0; i < tokens.size(); i++) {
          assertThat(tokens.get(i).logprob()).isEqualTo(whole.get(sample).logprobs()[i]);
        }
        assertThat(tokens.stream().map(StreamedToken::text).collect(Collectors.joining()))
            .isEqualTo(whole.get(sample).completion());
      }
      assertThat(whole.stream().map(Completion::stopReason)).contains(StopReason.STOP);

      AtomicInteger calls = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  model.stream(
                      PROMPT,
                      params,
                      token -> {
                        if (calls.incrementAndGet() == 5) {
                          throw new IllegalStateException("enough");
                        }
                      }))
          .isInstanceOf(SignalException.Failed.class)
          .hasStackTraceContaining("enough");
      assertThat(calls).hasValue(5);
    }
  }

  /** What may become a stop text is not told before it is known that it does not. */
  @Test
  void aStopTextThatBeginsInAnEarlierTokenIsNotStreamed() {
    try (InferenceClient model = run.inference()) {
      Completion plain = model.sample(PROMPT, SamplingParams.greedy(24)).get(0);
      String before = model.detokenize(Arrays.copyOf(plain.tokenIds(), 5));
      String text = plain.completion();
      assertThat(text).startsWith(before);
      String stop = text.substring(before.length() - 2, before.length() + 2);
      StringBuilder told = new StringBuilder();

      Completion stopped =
          model.stream(
                  PROMPT,
                  SamplingParams.of(24).temperature(0).stop(List.of(stop)).build(),
                  token -> told.append(token.text()))
              .get(0);

      assertThat(stopped.completion()).isEqualTo(text.substring(0, text.indexOf(stop)));
      assertThat(told).hasToString(stopped.completion());
    }
  }

  @Test
  void samplesOfManyCallersShareJobsAndChangeNothing() {
    try (InferenceClient model = run.inference()) {
      List<SignalFuture<List<Completion>>> futures = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        futures.add(model.async().sample(prompt(i), params(i)));
      }
      SignalFuture<List<Completion>> bad =
          model.async().sample("Leo ".repeat(600), SamplingParams.greedy(10));
      for (int i = 0; i < futures.size(); i++) {
        List<Completion> together = futures.get(i).result();
        assertThat(together)
            .usingRecursiveComparison()
            .isEqualTo(model.sample(prompt(i), params(i)));
      }
      assertThatThrownBy(bad::result).hasStackTraceContaining("prompt 0 has");
    }
  }

  private static String prompt(int i) {
    return "On Monday Anna walked to the mill. ".repeat(i % 4) + "Leo has " + i;
  }

  private static SamplingParams params(int i) {
    return SamplingParams.of(10 + i)
        .n(1 + i % 3)
        .temperature(i % 5 == 0 ? 0 : 0.9)
        .topK(i % 2 * 20)
        .repetitionPenalty(1 + i % 2 * 0.3)
        .topLogprobs(i % 4)
        .seed(i)
        .build();
  }

  @Test
  void callersThatWaitGoTogether() throws Exception {
    List<Integer> jobs = new CopyOnWriteArrayList<>();
    List<FutureTask<List<Completion>>> tasks = behindTwo(jobs, "c", "d", "e");
    List<String> prompts = new ArrayList<>();
    for (FutureTask<List<Completion>> task : tasks) {
      prompts.add(task.get().get(0).prompt());
    }
    assertThat(prompts).containsExactly("c0", "d1", "e2"); // each in a place of its own
    assertThat(jobs).containsExactly(1, 1, 3);
  }

  @Test
  void whereCallersFailTogetherEachIsTriedByItself() throws Exception {
    List<Integer> jobs = new CopyOnWriteArrayList<>();
    List<FutureTask<List<Completion>>> tasks = behindTwo(jobs, "c", "bad", "e");
    assertThat(tasks.get(0).get().get(0).prompt()).isEqualTo("c0");
    assertThat(tasks.get(2).get().get(0).prompt()).isEqualTo("e0");
    assertThatThrownBy(() -> tasks.get(1).get()).hasRootCauseMessage("bad prompt");
    assertThat(jobs).containsExactly(1, 1, 3, 1, 1, 1);
  }

  /**
   * Callers that come while two jobs are at work. There is no Spark: jobs are counted.
   *
   * @param jobs receives the number of requests of each
   */
  private static List<FutureTask<List<Completion>>> behindTwo(List<Integer> jobs, String... texts)
      throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    SharedSamples samples =
        new SharedSamples(
            requests -> {
              jobs.add(requests.size());
              begun.countDown();
              await(go);
              if (requests.stream().anyMatch(request -> request.text().equals("bad"))) {
                throw new IllegalStateException("bad prompt");
              }
              return requests.stream().map(InferenceClientTest::inItsPlace).toList();
            });
    List<FutureTask<List<Completion>>> first = List.of(ask(samples, "a"), ask(samples, "b"));
    await(begun);
    List<FutureTask<List<Completion>>> others = new ArrayList<>();
    for (String text : texts) {
      others.add(ask(samples, text));
    }
    go.countDown();
    for (FutureTask<List<Completion>> task : first) {
      assertThat(task.get()).hasSize(1);
    }
    return others;
  }

  private static Completion inItsPlace(PromptRequest request) {
    String prompt = request.text() + request.place();
    return new Completion(prompt, null, "", null, null, null, null, null);
  }

  /** Asks on a thread of its own, and returns when that waits. */
  private static FutureTask<List<Completion>> ask(SharedSamples samples, String text) {
    SamplingParams params = SamplingParams.greedy(1);
    FutureTask<List<Completion>> task =
        new FutureTask<>(() -> samples.sample(PromptRequest.ofTexts(List.of(text), params)));
    Thread caller = new Thread(task);
    caller.setDaemon(true);
    caller.start();
    while (caller.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return task;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatTheModelIs() {
    try (InferenceClient model = run.inference()) {
      assertThat(model.detokenize(model.tokenize(PROMPT))).isEqualTo(PROMPT);
      TokenizerInfo tokenizer = model.tokenizerInfo();
      assertThat(tokenizer.vocabulary()).isEqualTo(model.modelInfo().vocabulary());
      assertThat(tokenizer.specialTokens()).containsKey("eos_token");
      assertThat(tokenizer.eosTokenIds()).isNotEmpty();
      Conversation hello = Conversation.of(List.of(Map.of("role", "user", "content", "Hello")));
      if (tokenizer.chatTemplate()) {
        assertThat(model.applyChatTemplate(hello, true)).contains("Hello");
      } else {
        assertThatThrownBy(() -> model.applyChatTemplate(hello, true))
            .isInstanceOf(ModelFormatException.class);
      }
    }
  }
}
