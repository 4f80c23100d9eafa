package ai.signal.lora;

import java.io.Serializable;

/**
 * The size of one module's adapter.
 *
 * @param rank 0: the module has no adapter
 * @param alpha positive
 */
public record ModuleRank(int rank, double alpha) implements Serializable {
  public ModuleRank {
    if (rank < 0) {
      throw new IllegalArgumentException("the rank of a module is " + rank);
    }
    if (!(alpha > 0 && alpha < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the alpha of a module is " + alpha + "; it must be a positive number");
    }
  }
}
