package ai.signal.train;

import ai.signal.cluster.FloatBlocks;
import java.util.Map;

/** What an optimizer remembers of the steps before, on the driver. */
interface OptimizerState {
  /**
   * One step, float32 like torch's.
   *
   * @param optimizer of the kind that the state was made by
   * @param values [size] changed in place
   * @param gradient [size]
   * @param scale what the gradient is multiplied by first
   * @param copy receives the new values: tasks read these, while {@code values} go on to change
   */
  void step(Optimizer optimizer, float[] values, float[] gradient, float scale, FloatBlocks copy);

  /** Steps taken, where they matter. */
  int steps();

  /** Its vectors by name, not copies. */
  Map<String, float[]> moments();

  /**
   * Goes on from where another one of its kind was.
   *
   * @param moments as that one had them
   */
  void restore(int steps, Map<String, float[]> moments);

  /**
   * A vector of a state that was kept.
   *
   * @throws TrainingException when it is not there or has another size
   */
  static float[] vector(Map<String, float[]> moments, String name, int size) {
    float[] vector = moments.get(name);
    if (vector == null || vector.length != size) {
      throw new TrainingException(
          "Cannot continue run: its optimizer keeps '%s' with %d values, the state has %s"
              .formatted(name, size, vector == null ? "none" : Integer.toString(vector.length)));
    }
    return vector;
  }
}
