package ai.signal.data;

import ai.signal.model.Seeds;

/**
 * A seeded permutation of 0 .. size - 1 of which any place can be asked without building the rest,
 * by the swap-or-not shuffle (Hoang, Morris and Rogaway, 2012): each round pairs every number with
 * another and swaps the two or not.
 */
final class Permutation {
  /** Far beyond the 6 log2(size) of the paper's bound for the sizes of lanes. */
  private static final int ROUNDS = 192;

  private final int size;
  private final long[] keys = new long[ROUNDS];
  private final int[] pivots = new int[ROUNDS];

  Permutation(int size, long seed) {
    this.size = size;
    for (int round = 0; round < ROUNDS && size > 0; round++) {
      keys[round] = Seeds.mix(seed, round);
      pivots[round] = (int) Long.remainderUnsigned(keys[round], size);
    }
  }

  /** The number at {@code place}, which is at least 0 and less than the size. */
  int at(int place) {
    int x = place;
    for (int round = 0; round < ROUNDS; round++) {
      int partner = Math.floorMod(pivots[round] - x, size);
      if ((Seeds.mix(keys[round], Math.max(x, partner)) & 1) == 1) {
        x = partner;
      }
    }
    return x;
  }
}
