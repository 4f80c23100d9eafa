package ai.signal.client;

import ai.signal.chat.Conversation;
import ai.signal.generate.Completion;
import ai.signal.generate.Pooling;
import ai.signal.generate.SamplingParams;
import ai.signal.generate.TextLogprobs;
import java.util.List;
import java.util.function.Consumer;

/**
 * A base model with one version of an adapter, or with none, that stays what it is while the run
 * goes on: {@link AsyncInferenceClient}, awaited. Any number of threads may call it. An operation
 * that fails throws a {@link SignalException}.
 */
public final class InferenceClient implements AutoCloseable {
  private final AsyncInferenceClient async;

  InferenceClient(AsyncInferenceClient async) {
    this.async = async;
  }

  /** The same, whose operations return futures. */
  public AsyncInferenceClient async() {
    return async;
  }

  /** Optimizer steps that made the adapter. */
  public long version() {
    return async.version();
  }

  /** Completions of a prompt, {@code params.n()}. */
  public List<Completion> sample(String prompt, SamplingParams params) {
    return async.sample(prompt, params).result();
  }

  /** Completions of prompts: {@code params.n()} of the first, then of the second. */
  public List<Completion> batchSample(List<String> prompts, SamplingParams params) {
    return async.batchSample(prompts, params).result();
  }

  /** The same for prompts that are tokens already. */
  public List<Completion> sampleTokens(List<int[]> prompts, SamplingParams params) {
    return async.sampleTokens(prompts, params).result();
  }

  /** See {@link AsyncInferenceClient#stream}. */
  public List<Completion> stream(
      String prompt, SamplingParams params, Consumer<StreamedToken> consumer) {
    return async.stream(prompt, params, consumer).result();
  }

  /** See {@link AsyncInferenceClient#logprobs}. */
  public List<TextLogprobs> logprobs(List<String> texts) {
    return async.logprobs(texts).result();
  }

  /** The same for texts that are tokens already. */
  public List<TextLogprobs> logprobsOfTokens(List<int[]> sequences) {
    return async.logprobsOfTokens(sequences).result();
  }

  /** See {@link AsyncInferenceClient#embeddings}. */
  public List<float[]> embeddings(List<String> texts, Pooling pooling, int layer) {
    return async.embeddings(texts, pooling, layer).result();
  }

  /** The same for texts that are tokens already. */
  public List<float[]> embeddingsOfTokens(List<int[]> sequences, Pooling pooling, int layer) {
    return async.embeddingsOfTokens(sequences, pooling, layer).result();
  }

  /** The tokens of a text with what the model expects before it, such as BOS. */
  public int[] tokenize(String text) {
    return async.tokenize(text);
  }

  /** The text of tokens, special ones left out. */
  public String detokenize(int[] tokens) {
    return async.detokenize(tokens);
  }

  /** See {@link AsyncInferenceClient#applyChatTemplate}. */
  public String applyChatTemplate(Conversation conversation, boolean addGenerationPrompt) {
    return async.applyChatTemplate(conversation, addGenerationPrompt);
  }

  public TokenizerInfo tokenizerInfo() {
    return async.tokenizerInfo();
  }

  public ModelInfo modelInfo() {
    return async.modelInfo();
  }

  /** See {@link AsyncInferenceClient#close}. */
  @Override
  public void close() {
    async.close();
  }
}
