package ai.signal.train;

import java.util.List;
import java.util.Map;

/**
 * All that decides how a run goes on, beside its settings: from it, another process continues with
 * the same bits. Randomness is no part of it, since every seed follows from the run's and from the
 * counters here.
 *
 * @param step optimizer steps done, those that changed nothing included
 * @param values [size] of the adapter
 * @param optimizer its name; null before the first step
 * @param optimizerSteps that its vectors have seen
 * @param moments the optimizer's vectors by name
 * @param gradient [size] the sum since the last step; empty without a call
 * @param accumulated what belongs to the gradient
 * @param start of the training that the run is in
 */
@SuppressWarnings("ArrayRecordComponent") // a snapshot, written or read once
public record RunState(
    long step,
    float[] values,
    String optimizer,
    int optimizerSteps,
    Map<String, float[]> moments,
    float[] gradient,
    Accumulated accumulated,
    Start start) {

  /**
   * The reference of losses that compare with what a training began with.
   *
   * @param known whether a training has begun that has one
   * @param values [size] of the adapter then; empty where it was untrained, the base model
   */
  public record Start(boolean known, float[] values) {
    /** Before the first training with such a loss. */
    public static final Start UNKNOWN = new Start(false, new float[0]);

    /** An adapter that changes nothing yet. */
    public static final Start UNTRAINED = new Start(true, new float[0]);
  }

  /**
   * What the gradient's mean and the next call's seed depend on.
   *
   * @param calls of forward_backward since the last step
   * @param losses their names
   * @param squares of the gradient's values, summed
   * @param denominator what the mean divides by
   * @param tokens that went through the model
   */
  public record Accumulated(
      int calls, List<String> losses, double squares, double denominator, long tokens) {
    /** Of a run whose gradient is empty. */
    public static final Accumulated NOTHING = new Accumulated(0, List.of(), 0, 0, 0);
  }
}
