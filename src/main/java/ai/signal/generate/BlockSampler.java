package ai.signal.generate;

import ai.signal.cluster.LaneRefusal;
import ai.signal.cluster.Replica;
import ai.signal.model.Choice;
import ai.signal.model.Decoder;
import ai.signal.model.Draws;
import ai.signal.model.KvCache;
import ai.signal.model.NativeAdapter;
import ai.signal.model.Prefix;
import ai.signal.model.Scope;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes completions in a block of a fixed number of rows. A row that is done takes the next
 * completion at once; no row's bits depend on the others.
 */
final class BlockSampler {
  /** Fixed: the bits of a row of a matrix product depend on the number of rows. */
  static final int ROWS = 8;

  private final Replica replica;
  private final Decoder decoder;
  private final NativeAdapter adapter;
  private final TokenSink sink;
  private final List<Integer> eos;
  private final Row[] rows = new Row[ROWS];
  private final Map<Integer, Completion> done = new TreeMap<>();

  BlockSampler(Replica replica, NativeAdapter adapter, TokenSink sink) {
    this.replica = replica;
    this.decoder = replica.decoder();
    this.adapter = adapter;
    this.sink = sink;
    int vocabulary = decoder.config().vocabSize();
    this.eos = decoder.config().eosTokenIds().stream().filter(id -> id < vocabulary).toList();
  }

  /** -> completions by their places. */
  Map<Integer, Completion> run(Scope scope, List<PromptRequest> prompts, Replica.Lease lease) {
    Deque<PromptGroup> waiting = new ArrayDeque<>();
    int longest = 0;
    for (PromptRequest prompt : prompts) {
      PromptGroup group = new PromptGroup(prompt, tokens(prompt), replica.tokenizer());
      waiting.add(group);
      longest = Math.max(longest, group.longest());
    }
    KvCache cache = decoder.cache(scope, ROWS, KvCache.capacityFor(longest));
    while (fill(scope, waiting, cache)) {
      lease.check();
      try (Scope inner = scope.inner()) {
        step(inner, cache);
      }
    }
    return done;
  }

  private int[] tokens(PromptRequest prompt) {
    int number = prompt.place() / prompt.params().n();
    int maxTokens = prompt.params().maxTokens();
    int[] tokens =
        prompt.tokens() == null
            ? replica.tokenizer().encodeWithSpecials(prompt.text())
            : prompt.tokens();
    int context = decoder.config().maxPositions();
    if (tokens.length == 0) {
      throw new LaneRefusal("prompt %d has no tokens".formatted(number));
    }
    int vocabulary = decoder.config().vocabSize();
    for (int token : tokens) {
      if (token < 0 || token >= vocabulary) {
        throw new LaneRefusal(
            "prompt %d has token %d, but the model's vocabulary has %d"
                .formatted(number, token, vocabulary));
      }
    }
    SamplingParams params = prompt.params();
    if (params.stopTokenIds().stream().anyMatch(id -> id >= vocabulary)
        || Math.max(params.topLogprobs(), params.topPromptLogprobs()) > vocabulary) {
      throw new LaneRefusal(
          "stop_token_ids or top_logprobs go beyond the model's vocabulary of " + vocabulary);
    }
    if ((long) tokens.length + maxTokens > context) {
      throw new LaneRefusal(
          "prompt %d has %d tokens and max_tokens is %d, but the model's context holds %d"
              .formatted(number, tokens.length, maxTokens, context));
    }
    return tokens;
  }

  /** Gives free rows the next completions. -> whether any row has work. */
  private boolean fill(Scope scope, Deque<PromptGroup> waiting, KvCache cache) {
    boolean work = false;
    for (int row = 0; row < ROWS; row++) {
      while (rows[row] == null && !waiting.isEmpty()) {
        PromptGroup group = waiting.element();
        begin(scope, group, cache, row);
        if (group.exhausted()) {
          group.release();
          waiting.remove();
        }
      }
      work |= rows[row] != null;
    }
    return work;
  }

  private void begin(Scope scope, PromptGroup group, KvCache cache, int row) {
    Prefix prefix = group.prefix(scope, decoder, adapter);
    rows[row] = new Row(group, group.next(), eos);
    try (Scope inner = scope.inner()) {
      Draws draws = new Draws(1);
      rows[row].ask(draws, 0);
      append(row, decoder.first(inner, adapter, prefix, draws), 0);
      if (rows[row] != null) {
        decoder.seat(inner, prefix, cache, row);
      }
    }
  }

  private void step(Scope scope, KvCache cache) {
    long[] tokens = new long[ROWS];
    long[] positions = new long[ROWS];
    Draws draws = new Draws(ROWS);
    for (int row = 0; row < ROWS; row++) {
      if (rows[row]
          != null) { // a free row repeats token 0 at place 0, which the next prompt overwrites
        tokens[row] = rows[row].last();
        positions[row] = rows[row].position();
        rows[row].ask(draws, row);
      }
    }
    Choice choice = decoder.decode(scope, adapter, tokens, positions, cache, draws);
    for (int row = 0; row < ROWS; row++) {
      if (rows[row] != null) {
        append(row, choice, row);
      }
    }
  }

  private void append(int row, Choice choice, int at) {
    Row to = rows[row];
    to.append(choice, at);
    sink.token(to.place(), to.written() - 1, to.last(), to.lastLogprob());
    if (to.finished()) {
      done.put(to.place(), to.completion(replica.tokenizer()::decode));
      rows[row] = null;
    }
  }
}
