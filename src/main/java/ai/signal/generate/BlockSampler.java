package ai.signal.generate;

import ai.signal.cluster.LaneRefusal;
import ai.signal.cluster.Replica;
import ai.signal.model.Choice;
import ai.signal.model.Decoder;
import ai.signal.model.KvCache;
import ai.signal.model.NativeAdapter;
import ai.signal.model.Scope;
import ai.signal.model.Warp;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes completions in a block of a fixed number of rows. A row that is done takes the next prompt
 * at once; no row's bits depend on the others.
 */
final class BlockSampler {
  /** Fixed: the bits of a row of a matrix product depend on the number of rows. */
  static final int ROWS = 8;

  private final Replica replica;
  private final Decoder decoder;
  private final NativeAdapter adapter;
  private final SamplingParams params;
  private final Warp warp;
  private final Row[] rows = new Row[ROWS];
  private final Map<Integer, Completion> done = new HashMap<>();

  BlockSampler(Replica replica, NativeAdapter adapter, SamplingParams params) {
    this.replica = replica;
    this.decoder = replica.decoder();
    this.adapter = adapter;
    this.params = params;
    this.warp = params.warp();
  }

  /** -> completions by the prompts' indices. */
  Map<Integer, Completion> run(Scope scope, List<IndexedPrompt> prompts, Replica.Lease lease) {
    Deque<Tokenized> waiting = new ArrayDeque<>();
    int longest = 0;
    for (IndexedPrompt prompt : prompts) {
      Tokenized tokenized = tokenize(prompt);
      waiting.add(tokenized);
      longest = Math.max(longest, tokenized.tokens().length);
    }
    KvCache cache = decoder.cache(scope, ROWS, KvCache.capacityFor(longest + params.maxTokens()));
    while (fill(scope, waiting, cache)) {
      lease.check();
      try (Scope inner = scope.inner()) {
        step(inner, cache);
      }
    }
    return done;
  }

  @SuppressWarnings("ArrayRecordComponent") // lives for a moment
  private record Tokenized(IndexedPrompt prompt, int[] tokens) {}

  private Tokenized tokenize(IndexedPrompt prompt) {
    int[] tokens = replica.tokenizer().encodeWithSpecials(prompt.text());
    int context = decoder.config().maxPositions();
    if (tokens.length == 0) {
      throw new LaneRefusal("prompt %d has no tokens".formatted(prompt.index()));
    }
    if (tokens.length + params.maxTokens() > context) {
      throw new LaneRefusal(
          "prompt %d has %d tokens and max_tokens is %d, but the model's context holds %d"
              .formatted(prompt.index(), tokens.length, params.maxTokens(), context));
    }
    return new Tokenized(prompt, tokens);
  }

  /** Gives free rows the next prompts. -> whether any row has work. */
  private boolean fill(Scope scope, Deque<Tokenized> waiting, KvCache cache) {
    boolean work = false;
    for (int row = 0; row < ROWS; row++) {
      while (rows[row] == null && !waiting.isEmpty()) {
        Tokenized next = waiting.remove();
        rows[row] =
            new Row(next.prompt(), next.tokens().length, params, decoder.config().eosTokenIds());
        try (Scope inner = scope.inner()) {
          append(
              row,
              decoder.prefill(inner, adapter, next.tokens(), cache, row, warp, rows[row].uniform()),
              0);
        }
      }
      work |= rows[row] != null;
    }
    return work;
  }

  private void step(Scope scope, KvCache cache) {
    long[] tokens = new long[ROWS];
    long[] positions = new long[ROWS];
    double[] uniforms = new double[ROWS];
    for (int row = 0; row < ROWS; row++) {
      if (rows[row]
          != null) { // a free row repeats token 0 at place 0, which the next prompt overwrites
        tokens[row] = rows[row].last();
        positions[row] = rows[row].position();
        uniforms[row] = rows[row].uniform();
      }
    }
    Choice choice = decoder.decode(scope, adapter, tokens, positions, cache, warp, uniforms);
    for (int row = 0; row < ROWS; row++) {
      if (rows[row] != null) {
        append(row, choice, row);
      }
    }
  }

  private void append(int row, Choice choice, int at) {
    rows[row].append(choice.tokens()[at], choice.logprobs()[at]);
    if (rows[row].finished()) {
      done.put(rows[row].index(), rows[row].completion(replica.tokenizer()::decode));
      rows[row] = null;
    }
  }
}
