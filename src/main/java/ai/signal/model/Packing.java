package ai.signal.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sequences laid one behind the other without padding, equal lengths next to each other so that
 * they share an attention call.
 *
 * @param tokens [tokens] token ids
 * @param positions [tokens] the place of each token in its sequence, from 0
 * @param groups [groups, 2] row-major: length, number of sequences of that length
 * @param starts [sequences] where each sequence, in the order given, starts in {@code tokens}
 */
@SuppressWarnings("ArrayRecordComponent") // native calls read the arrays as they are
public record Packing(long[] tokens, long[] positions, long[] groups, int[] starts) {

  /** Packs sequences of token ids, none of them empty. */
  public static Packing of(List<int[]> sequences) {
    int total = 0;
    for (int[] sequence : sequences) {
      if (sequence.length == 0) {
        throw new IllegalArgumentException("Cannot pack an empty sequence");
      }
      total = Math.addExact(total, sequence.length);
    }
    long[] tokens = new long[total];
    long[] positions = new long[total];
    int[] starts = new int[sequences.size()];
    List<long[]> groups = new ArrayList<>();
    int at = 0;
    for (int i : byLength(sequences)) {
      int[] sequence = sequences.get(i);
      starts[i] = at;
      for (int p = 0; p < sequence.length; p++) {
        tokens[at] = sequence[p];
        positions[at++] = p;
      }
      if (groups.isEmpty() || groups.get(groups.size() - 1)[0] != sequence.length) {
        groups.add(new long[] {sequence.length, 0});
      }
      groups.get(groups.size() - 1)[1]++;
    }
    long[] flat = groups.stream().flatMapToLong(Arrays::stream).toArray();
    return new Packing(tokens, positions, flat, starts);
  }

  private static int[] byLength(List<int[]> sequences) {
    return IntStream.range(0, sequences.size())
        .boxed()
        .sorted(Comparator.comparingInt(i -> sequences.get(i).length))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
