package ai.signal.client;

import ai.signal.chat.ChatFormat;
import ai.signal.chat.Conversation;
import ai.signal.cluster.SharedAdapter;
import ai.signal.cluster.TaskMail;
import ai.signal.data.Example;
import ai.signal.data.LocalProperties;
import ai.signal.generate.Completion;
import ai.signal.generate.Pooling;
import ai.signal.generate.PromptRequest;
import ai.signal.generate.SamplingParams;
import ai.signal.generate.TextLogprobs;
import ai.signal.generate.TokenSink;
import ai.signal.model.Continuation;
import ai.signal.model.ModelDirectory;
import ai.signal.model.Tokenizer;
import ai.signal.model.TopTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.spark.SparkContext;

/**
 * A base model with one version of an adapter, or with none, that stays what it is while the run
 * goes on. Each operation gives its future at once; they go on side by side, {@value #AT_ONCE} of
 * them, in Spark jobs of their own. Samples that wait for others share the next job and its blocks
 * of rows: what is asked for one prompt at a time, by many, is not computed one at a time.
 */
public final class AsyncInferenceClient implements AutoCloseable {
  /** Operations at work at once. */
  public static final int AT_ONCE = 32;

  private final Inference inference;
  private final SharedAdapter adapter;
  private final ModelDirectory model;
  private final Tokenizer tokenizer;
  private final SharedSamples samples;
  private final Workers workers = new Workers("signal-inference", AT_ONCE);

  /**
   * @param adapter a hold that is closed with the client
   */
  AsyncInferenceClient(Inference inference, SharedAdapter adapter, ModelDirectory model) {
    this.inference = inference;
    this.adapter = adapter;
    this.model = model;
    this.tokenizer = Tokenizer.load(model.path());
    this.samples =
        new SharedSamples(requests -> inference.sample(adapter, requests, TokenSink.NONE));
  }

  /** Optimizer steps that made the adapter. */
  public long version() {
    return adapter.ref().version();
  }

  /** Completions of a prompt, {@code params.n()}. */
  public SignalFuture<List<Completion>> sample(String prompt, SamplingParams params) {
    return batchSample(List.of(prompt), params);
  }

  /** Completions of prompts: {@code params.n()} of the first, then of the second. */
  public SignalFuture<List<Completion>> batchSample(List<String> prompts, SamplingParams params) {
    return complete(PromptRequest.ofTexts(prompts, params));
  }

  /** The same for prompts that are tokens already. */
  public SignalFuture<List<Completion>> sampleTokens(List<int[]> prompts, SamplingParams params) {
    return complete(PromptRequest.ofTokens(prompts, params));
  }

  private SignalFuture<List<Completion>> complete(List<PromptRequest> prompts) {
    return workers.submit("sample", () -> samples.sample(prompts));
  }

  /**
   * Completions of a prompt, told token by token.
   *
   * @param consumer called on a thread of its own, one token at a time, those of a sample in order;
   *     what it throws fails the operation
   * @return the same completions as {@link #sample}
   */
  public SignalFuture<List<Completion>> stream(
      String prompt, SamplingParams params, Consumer<StreamedToken> consumer) {
    return workers.submit("stream", () -> streamed(prompt, params, consumer));
  }

  private List<Completion> streamed(
      String prompt, SamplingParams params, Consumer<StreamedToken> consumer) {
    List<TokenStream> samples = new ArrayList<>();
    Consumer<StreamedToken> within =
        token ->
            Unfinished.within(
                () -> {
                  consumer.accept(token);
                  return null;
                });
    Continuation continuation = tokenizer.continuation(tokenizer.encodeWithSpecials(prompt));
    for (int i = 0; i < params.n(); i++) {
      samples.add(new TokenStream(i, params, continuation, within));
    }
    SparkContext sc = inference.spark().sc();
    String group = UUID.randomUUID().toString();
    AtomicReference<Throwable> refused = new AtomicReference<>(); // what the consumer threw
    Consumer<Runnable> telling =
        tell -> {
          try {
            if (refused.get() == null) {
              tell.run();
            }
          } catch (Throwable e) { // whatever it was, nothing more is told
            refused.set(e);
            sc.cancelJobGroup(group);
          }
        };
    ExecutorService teller = Executors.newSingleThreadExecutor(Workers.daemons("signal-stream"));
    try (TaskMail box =
        TaskMail.open(
            sc,
            text -> teller.execute(() -> telling.accept(() -> StreamSink.read(text, samples))))) {
      List<PromptRequest> prompts = PromptRequest.ofTexts(List.of(prompt), params);
      StreamSink sink = new StreamSink(box.address());
      List<Completion> whole =
          LocalProperties.during(
              sc,
              Map.of("spark.jobGroup.id", group),
              () -> inference.sample(adapter, prompts, sink));
      for (int i = 0; i < samples.size(); i++) {
        int sample = i;
        teller.execute(() -> telling.accept(() -> samples.get(sample).finish(whole.get(sample))));
      }
      teller.shutdown();
      teller.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
      require(refused.get());
      return whole;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while streaming", e);
    } catch (RuntimeException e) {
      require(refused.get()); // then the job was cancelled because of it
      throw e;
    } finally {
      teller.shutdownNow();
    }
  }

  private static void require(Throwable refused) {
    if (refused != null) {
      throw new IllegalStateException("The stream's consumer threw", refused);
    }
  }

  /**
   * What the model makes of texts: the log-probability of each of their tokens, given those before
   * it.
   */
  public SignalFuture<List<TextLogprobs>> logprobs(List<String> texts) {
    return workers.submit("logprobs", () -> scored(encoded(texts)));
  }

  /** The same for texts that are tokens already. */
  public SignalFuture<List<TextLogprobs>> logprobsOfTokens(List<int[]> sequences) {
    return workers.submit("logprobs", () -> scored(sequences));
  }

  private List<int[]> encoded(List<String> texts) {
    return texts.stream().map(tokenizer::encodeWithSpecials).toList();
  }

  private List<TextLogprobs> scored(List<int[]> sequences) {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < sequences.size(); i++) {
      int[] tokens = sequences.get(i);
      if (tokens.length < 2) {
        throw new IllegalArgumentException(
            "Cannot compute log-probabilities: text %d has %d tokens, at least 2 are needed"
                .formatted(i, tokens.length));
      }
      float[] weights = new float[tokens.length - 1];
      Arrays.fill(weights, 1);
      examples.add(
          new Example(
              "text " + i,
              Arrays.copyOf(tokens, tokens.length - 1),
              Arrays.copyOfRange(tokens, 1, tokens.length),
              weights));
    }
    List<float[]> found = inference.logprobs(adapter, examples);
    List<TextLogprobs> texts = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      float[] all = new float[found.get(i).length + 1];
      all[0] = Float.NaN;
      System.arraycopy(found.get(i), 0, all, 1, all.length - 1);
      texts.add(new TextLogprobs(sequences.get(i), all, TopTokens.NONE));
    }
    return texts;
  }

  /**
   * A vector [hidden] float32 of each text, as its tokens' hidden states in transformers are.
   *
   * @param pooling of the tokens
   * @param layer whose output it is: 0 are the embeddings, -1 is the last, after the final norm
   */
  public SignalFuture<List<float[]>> embeddings(List<String> texts, Pooling pooling, int layer) {
    return workers.submit(
        "embeddings", () -> inference.embeddings(adapter, encoded(texts), pooling, layer));
  }

  /** The same for texts that are tokens already. */
  public SignalFuture<List<float[]>> embeddingsOfTokens(
      List<int[]> sequences, Pooling pooling, int layer) {
    return workers.submit(
        "embeddings", () -> inference.embeddings(adapter, sequences, pooling, layer));
  }

  /** The tokens of a text with what the model expects before it, such as BOS. */
  public int[] tokenize(String text) {
    return tokenizer.encodeWithSpecials(text);
  }

  /** The text of tokens, special ones left out. */
  public String detokenize(int[] tokens) {
    return tokenizer.decode(tokens);
  }

  /**
   * The text of a conversation by the model's chat template, as transformers' apply_chat_template.
   *
   * @param addGenerationPrompt whether it ends with what makes the model answer
   * @throws ai.signal.model.ModelFormatException when the model has no template, or a broken one
   * @throws ai.signal.chat.ChatTemplateException when the template refuses the conversation
   */
  public String applyChatTemplate(Conversation conversation, boolean addGenerationPrompt) {
    return ChatFormat.open(model.path()).apply(conversation, addGenerationPrompt).text();
  }

  public TokenizerInfo tokenizerInfo() {
    return new TokenizerInfo(
        tokenizer.vocabSize(),
        ChatFormat.specialTokens(model.path()),
        model.config().eosTokenIds(),
        ChatFormat.isIn(model.path()));
  }

  public ModelInfo modelInfo() {
    return ModelInfo.of(inference.config().base());
  }

  /**
   * What has not begun is cancelled, what has is waited for; then the adapter's version goes. A
   * consumer of tokens that closes does not wait.
   */
  @Override
  public void close() {
    workers.close(
        () -> {
          adapter.close();
          tokenizer.close();
        });
  }
}
