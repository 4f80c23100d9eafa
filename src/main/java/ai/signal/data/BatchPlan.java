package ai.signal.data;

import ai.signal.model.Seeds;
import java.io.Serializable;

/**
 * Which examples are trained at which step: a pure function of its fields, so that it is the same
 * wherever it is asked and after every restart. Each epoch visits every example once, in a seeded
 * order of its own within each lane; a batch never crosses an epoch, and its lanes differ in size
 * by at most one.
 *
 * @param examples in the data set, at least 1
 * @param lanes of the job, at least 1; the example at position p belongs to lane p % lanes
 * @param batchSize examples of a step, at least 1; an epoch's last step has the rest
 * @param seed of the run
 * @param shuffle false keeps the order of identities
 */
public record BatchPlan(long examples, int lanes, int batchSize, long seed, boolean shuffle)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if a number is too small
   */
  public BatchPlan {
    if (examples < 1 || lanes < 1 || batchSize < 1) {
      throw new IllegalArgumentException(
          "Cannot plan batches of %d out of %d examples on %d lanes: each must be at least 1"
              .formatted(batchSize, examples, lanes));
    }
  }

  /** The number of steps in which every example is seen once. */
  public long stepsPerEpoch() {
    return (examples + batchSize - 1) / batchSize;
  }

  /** The epochs done after {@code steps} steps; between whole numbers, in examples. */
  public double epochs(long steps) {
    long rest = Math.min(examples, steps % stepsPerEpoch() * batchSize);
    long whole = steps / stepsPerEpoch();
    return whole + (double) rest / examples;
  }

  /** The number of examples of {@code step}, which counts from 0 through all epochs. */
  public int size(long step) {
    return (int) Math.min(batchSize, examples - first(step));
  }

  /**
   * The examples that {@code lane} trains at {@code step}, by their places in its lane file, in
   * order.
   *
   * @param step counts from 0 through all epochs
   */
  public int[] indices(long step, int lane) {
    long epoch = step / stepsPerEpoch();
    long first = first(step);
    long end = first + size(step);
    int from = before(first, lane);
    int to = before(end, lane);
    Permutation order = new Permutation(before(examples, lane), Seeds.mix(seed, epoch, lane));
    int[] indices = new int[to - from];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = shuffle ? order.at(from + i) : from + i;
    }
    return indices;
  }

  /** The same of every lane, [lanes]. */
  public int[][] indices(long step) {
    int[][] all = new int[lanes][];
    for (int lane = 0; lane < lanes; lane++) {
      all[lane] = indices(step, lane);
    }
    return all;
  }

  /** The first position of the step within its epoch. */
  private long first(long step) {
    return step % stepsPerEpoch() * batchSize;
  }

  /** How many of the positions below {@code position} belong to {@code lane}. */
  private int before(long position, int lane) {
    return Math.toIntExact((position + lanes - 1 - lane) / lanes);
  }
}
