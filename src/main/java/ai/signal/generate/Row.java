package ai.signal.generate;

import ai.signal.model.Seeds;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** A completion being written in one row of a block. */
final class Row {
  private final IndexedPrompt prompt;
  private final int promptTokens;
  private final SamplingParams params;
  private final List<Integer> eos;
  private final int[] tokens;
  private final float[] logprobs;
  private int written;

  Row(IndexedPrompt prompt, int promptTokens, SamplingParams params, List<Integer> eos) {
    this.prompt = prompt;
    this.promptTokens = promptTokens;
    this.params = params;
    this.eos = eos;
    this.tokens = new int[params.maxTokens()];
    this.logprobs = new float[params.maxTokens()];
  }

  int index() {
    return prompt.index();
  }

  /**
   * The number in [0, 1) that chooses the next token: of the request's seed, the prompt and the
   * position alone.
   */
  double uniform() {
    return Seeds.uniform(Seeds.mix(params.seed(), prompt.index(), written));
  }

  void append(long token, float logprob) {
    tokens[written] = (int) token;
    logprobs[written++] = logprob;
  }

  long last() {
    return tokens[written - 1];
  }

  /** The place of the last token in its sequence. */
  long position() {
    return promptTokens + written - 1L;
  }

  private boolean ended() {
    return eos.contains(tokens[written - 1]);
  }

  boolean finished() {
    return written == tokens.length || ended();
  }

  Completion completion(Function<int[], String> decode) {
    int[] ids = Arrays.copyOf(tokens, written);
    return new Completion(
        prompt.text(),
        decode.apply(ended() ? Arrays.copyOf(ids, written - 1) : ids),
        ids,
        Arrays.copyOf(logprobs, written),
        ended() ? StopReason.EOS : StopReason.LENGTH);
  }
}
