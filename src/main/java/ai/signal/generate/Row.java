package ai.signal.generate;

import ai.signal.model.Choice;
import ai.signal.model.Draws;
import ai.signal.model.Seeds;
import ai.signal.model.TopTokens;
import ai.signal.model.Warp;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** A completion being written in one row of a block. */
final class Row {
  private final PromptGroup group;
  private final int sample; // number among the prompt's completions
  private final SamplingParams params;
  private final Warp warp;
  private final List<Integer> eos;
  private final SeenTokens seen; // null without penalties
  private final int[] tokens;
  private final float[] logprobs;
  private TopTokens top = TopTokens.NONE;
  private int written;
  private StopReason reason; // null while it goes on

  /**
   * @param eos tokens of the model that end a completion, all in its vocabulary
   */
  Row(PromptGroup group, int sample, List<Integer> eos) {
    this.group = group;
    this.sample = sample;
    this.params = group.request().params();
    this.warp = params.warp();
    this.eos = eos;
    this.seen = warp.penalizes() ? new SeenTokens(group.tokens()) : null;
    this.tokens = new int[params.maxTokens()];
    this.logprobs = new float[params.maxTokens()];
  }

  /** Among all completions of the call. */
  int place() {
    return group.request().place() + sample - group.request().firstSample();
  }

  /** What this row asks of the next token. */
  void ask(Draws draws, int row) {
    draws.draw(row, warp, uniform());
    draws.top(params.topLogprobs());
    if (seen != null) {
      seen.tell(draws, row);
    }
    if (written < params.minTokens()) {
      eos.forEach(id -> draws.ban(row, id));
      params.stopTokenIds().forEach(id -> draws.ban(row, id));
    }
  }

  /**
   * The number in [0, 1) that chooses the next token: of the request's seed, the prompt, the sample
   * and the position alone.
   */
  private double uniform() {
    return Seeds.uniform(Seeds.mix(params.seed(), group.seed(), sample, written));
  }

  void append(Choice choice, int at) {
    int token = (int) choice.tokens()[at];
    tokens[written] = token;
    logprobs[written++] = choice.logprobs()[at];
    top = top.plus(choice.top().part(at, 1, params.topLogprobs()));
    if (seen != null) {
      seen.add(token);
    }
    reason = reason(token);
  }

  private StopReason reason(int token) {
    if (eos.contains(token)) {
      return StopReason.EOS;
    }
    boolean mayStop = written >= params.minTokens();
    if (params.stopTokenIds().contains(token)
        || (mayStop && group.stop().reached(tokens, written))) {
      return StopReason.STOP;
    }
    return written == tokens.length ? StopReason.LENGTH : null;
  }

  int written() {
    return written;
  }

  int last() {
    return tokens[written - 1];
  }

  float lastLogprob() {
    return logprobs[written - 1];
  }

  /** The place of the last token in its sequence. */
  long position() {
    return group.tokens().length + written - 1L;
  }

  boolean finished() {
    return reason != null;
  }

  private String text(int[] ids) {
    return reason == StopReason.STOP ? group.stop().cut(ids) : group.continuation().decode(ids);
  }

  /**
   * @param decode makes the text of the prompt where only its tokens are given
   */
  Completion completion(Function<int[], String> decode) {
    int[] ids = Arrays.copyOf(tokens, written);
    boolean ended = reason == StopReason.EOS || params.stopTokenIds().contains(last());
    return new Completion(
        group.request().text() == null ? decode.apply(group.tokens()) : group.request().text(),
        group.tokens(),
        ended ? group.continuation().decode(Arrays.copyOf(ids, written - 1)) : text(ids),
        ids,
        Arrays.copyOf(logprobs, written),
        top,
        group.logprobs(),
        reason);
  }
}
