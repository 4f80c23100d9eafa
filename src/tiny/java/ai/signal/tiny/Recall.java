package ai.signal.tiny;

import ai.djl.Device;
import ai.signal.model.AdapterShape;
import ai.signal.model.DType;
import ai.signal.model.Decoder;
import ai.signal.model.Dropout;
import ai.signal.model.ModelDirectory;
import ai.signal.model.NativeAdapter;
import ai.signal.model.Packing;
import ai.signal.model.Scope;
import ai.signal.model.Tokenizer;
import ai.signal.model.Trunk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** How well a model plays the memory game, that is, copies. */
final class Recall {
  /**
   * By place in the list: the probability of the right word, given the game up to it, on average
   * over the games that have that place. It is the share that sampling at temperature 1 recalls.
   */
  static List<Double> byPlace(Path directory, DType dtype, int games, long seed) {
    ModelDirectory model = ModelDirectory.open(directory);
    try (Tokenizer tokenizer = Tokenizer.load(directory);
        Decoder decoder = Decoder.load(model, dtype, Device.cpu());
        NativeAdapter untrained = decoder.adapter(new float[0], AdapterShape.none(model.config()));
        Scope scope = decoder.scope(1)) {
      List<String> texts =
          LongStream.range(0, games)
              .mapToObj(game -> Corpus.START + Corpus.memoryGame(Dice.of(seed, game)))
              .toList();
      List<int[]> sequences = texts.stream().map(tokenizer::encode).toList();
      Packing packing = Packing.of(sequences);
      List<Integer> places = new ArrayList<>();
      List<Long> rows = new ArrayList<>();
      List<Long> targets = new ArrayList<>();
      for (int game = 0; game < games; game++) {
        String text = texts.get(game);
        int first = tokenizer.encode(text.substring(0, text.lastIndexOf(':') + 1)).length;
        int[] ids = sequences.get(game);
        // A word, a comma, a word, ..., a full stop.
        for (int at = first; at < ids.length; at += 2) {
          places.add((at - first) / 2);
          rows.add(packing.starts()[game] + at - 1L);
          targets.add((long) ids[at]);
        }
      }
      Trunk trunk = decoder.trunk(scope, untrained, packing, Dropout.NONE, false);
      float[] logprobs = decoder.head(scope, trunk, array(rows), array(targets), false).logprobs();
      return IntStream.range(0, places.stream().mapToInt(place -> place).max().orElse(-1) + 1)
          .mapToObj(place -> average(place, places, logprobs))
          .toList();
    }
  }

  private static double average(int place, List<Integer> places, float[] logprobs) {
    return IntStream.range(0, logprobs.length)
        .filter(i -> places.get(i) == place)
        .mapToDouble(i -> Math.exp(logprobs[i]))
        .average()
        .orElseThrow();
  }

  private static long[] array(List<Long> values) {
    return values.stream().mapToLong(value -> value).toArray();
  }

  private Recall() {}
}
