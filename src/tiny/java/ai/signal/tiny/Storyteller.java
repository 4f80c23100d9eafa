package ai.signal.tiny;

import ai.djl.Device;
import ai.signal.model.AdapterShape;
import ai.signal.model.Choice;
import ai.signal.model.DType;
import ai.signal.model.Decoder;
import ai.signal.model.Draws;
import ai.signal.model.KvCache;
import ai.signal.model.ModelDirectory;
import ai.signal.model.NativeAdapter;
import ai.signal.model.Prefix;
import ai.signal.model.Scope;
import ai.signal.model.Tokenizer;
import ai.signal.model.Warp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Lets a model write documents of its own, at temperature 1: what the share of well-formed
 * sentences is measured on.
 */
final class Storyteller {
  private static final int ROWS = 50;
  private static final int LONGEST = 128;
  private static final Warp PLAIN = Warp.random(1);

  private final Decoder decoder;
  private final NativeAdapter untrained;
  private final int start;
  private final int end;

  private Storyteller(Decoder decoder, NativeAdapter untrained, Tokenizer tokenizer) {
    this.decoder = decoder;
    this.untrained = untrained;
    this.start = tokenizer.encode(Corpus.START)[0];
    this.end = tokenizer.encode(Chats.END)[0];
  }

  /**
   * As many documents as asked for, rounded up to full blocks, each up to its first {@code </s>}.
   */
  static List<String> tell(Path directory, DType dtype, int documents, long seed) {
    ModelDirectory model = ModelDirectory.open(directory);
    try (Tokenizer tokenizer = Tokenizer.load(directory);
        Decoder decoder = Decoder.load(model, dtype, Device.cpu());
        NativeAdapter untrained =
            decoder.adapter(new float[0], AdapterShape.none(model.config()))) {
      Storyteller teller = new Storyteller(decoder, untrained, tokenizer);
      List<String> told = new ArrayList<>();
      for (int block = 0; told.size() < documents; block++) {
        for (int[] ids : teller.block(Dice.of(seed, block))) {
          told.add(text(ids, tokenizer));
        }
      }
      return told;
    }
  }

  private List<int[]> block(Dice dice) {
    List<long[]> columns = new ArrayList<>();
    try (Scope scope = decoder.scope(1)) {
      KvCache cache = decoder.cache(scope, ROWS, KvCache.capacityFor(LONGEST));
      long[] firsts = new long[ROWS];
      for (int row = 0; row < ROWS; row++) {
        Prefix prefix = decoder.prefill(scope, untrained, new int[] {start});
        decoder.seat(scope, prefix, cache, row);
        Draws draws = Draws.one(PLAIN, dice.uniform());
        firsts[row] = decoder.first(scope, untrained, prefix, draws).tokens()[0];
      }
      columns.add(firsts);
      BitSet ended = ended(firsts);
      while (columns.size() < LONGEST && ended.cardinality() < ROWS) {
        Draws draws = new Draws(ROWS);
        IntStream.range(0, ROWS).forEach(row -> draws.draw(row, PLAIN, dice.uniform()));
        long[] positions = new long[ROWS];
        Arrays.fill(positions, columns.size());
        try (Scope step = scope.inner()) {
          long[] before = columns.get(columns.size() - 1);
          Choice choice = decoder.decode(step, untrained, before, positions, cache, draws);
          columns.add(choice.tokens());
          ended.or(ended(choice.tokens()));
        }
      }
    }
    return IntStream.range(0, ROWS).mapToObj(row -> story(columns, row)).toList();
  }

  /** The rows in which this column is a {@code </s>}. */
  private BitSet ended(long[] column) {
    BitSet rows = new BitSet(ROWS);
    IntStream.range(0, ROWS).filter(row -> column[row] == end).forEach(rows::set);
    return rows;
  }

  /** Up to and with {@code </s>}. */
  private int[] story(List<long[]> columns, int row) {
    int[] ids = columns.stream().mapToInt(column -> (int) column[row]).toArray();
    int length = (int) Arrays.stream(ids).takeWhile(id -> id != end).count();
    return Arrays.copyOf(ids, Math.min(length + 1, ids.length));
  }

  /** With the special tokens spelled out, which decoding alone leaves out. */
  private static String text(int[] ids, Tokenizer tokenizer) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (int i = 0; i <= ids.length; i++) {
      if (i == ids.length || ids[i] < TinyTokenizer.SPECIAL.size()) {
        text.append(tokenizer.decode(Arrays.copyOfRange(ids, from, i)));
        text.append(i == ids.length ? "" : TinyTokenizer.SPECIAL.get(ids[i]));
        from = i + 1;
      }
    }
    return text.toString();
  }
}
