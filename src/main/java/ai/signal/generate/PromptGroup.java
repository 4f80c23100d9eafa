package ai.signal.generate;

import ai.signal.model.Continuation;
import ai.signal.model.Decoder;
import ai.signal.model.NativeAdapter;
import ai.signal.model.Prefix;
import ai.signal.model.Scope;
import ai.signal.model.Seeds;
import ai.signal.model.Tokenizer;
import ai.signal.model.TopTokens;
import java.util.Arrays;

/** A prompt whose completions are wanted: it goes through the model once, for all of them. */
final class PromptGroup {
  private final PromptRequest request;
  private final int[] tokens;
  private final Continuation continuation;
  private final StopTexts stop;
  private final long seed;
  private Scope scope; // of the prefix, while completions are to begin
  private Prefix prefix;
  private TextLogprobs logprobs;
  private int begun;

  PromptGroup(PromptRequest request, int[] tokens, Tokenizer tokenizer) {
    this.request = request;
    this.tokens = tokens;
    this.continuation = tokenizer.continuation(tokens);
    this.stop = new StopTexts(request.params().stop(), tokenizer, continuation);
    this.seed = Seeds.mix(Arrays.stream(tokens).asLongStream().toArray());
  }

  PromptRequest request() {
    return request;
  }

  int[] tokens() {
    return tokens;
  }

  /** Tokens that it and its longest completion take. */
  int longest() {
    return tokens.length + request.params().maxTokens();
  }

  /** Decodes its completions. */
  Continuation continuation() {
    return continuation;
  }

  StopTexts stop() {
    return stop;
  }

  /** Of what it says. */
  long seed() {
    return seed;
  }

  /** Null where they are not wanted. */
  TextLogprobs logprobs() {
    return logprobs;
  }

  /** The prompt's keys and values, computed at the first call. */
  Prefix prefix(Scope outer, Decoder decoder, NativeAdapter adapter) {
    if (prefix == null) {
      scope = outer.inner();
      prefix = decoder.prefill(scope, adapter, tokens);
      int k = request.params().topPromptLogprobs();
      if (request.params().promptLogprobs() || k > 0) {
        try (Scope inner = scope.inner()) {
          TopTokens top = k == 0 ? TopTokens.NONE : decoder.top(inner, adapter, prefix, k);
          logprobs =
              new TextLogprobs(tokens, decoder.logprobs(inner, adapter, prefix), shifted(top));
        }
      }
    }
    return prefix;
  }

  /** What was expected behind each token, in the place of the next one. */
  private TopTokens shifted(TopTokens top) {
    int[] ids = new int[top.k()];
    float[] none = new float[top.k()];
    Arrays.fill(ids, -1);
    Arrays.fill(none, Float.NaN);
    return new TopTokens(top.k(), ids, none).plus(top.part(0, tokens.length - 1, top.k()));
  }

  /** The number of the next completion. */
  int next() {
    return request.firstSample() + begun++;
  }

  /** Whether all have begun; then the prefix is not needed any more. */
  boolean exhausted() {
    return begun == request.samples();
  }

  void release() {
    scope.close();
  }
}
