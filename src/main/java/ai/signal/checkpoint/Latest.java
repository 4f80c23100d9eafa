package ai.signal.checkpoint;

import java.util.List;
import java.util.Optional;

/**
 * The newest good checkpoint.
 *
 * @param found empty where there is none
 * @param leftOut newer ones that were not good, newest first
 * @param <T> what was loaded of it
 */
public record Latest<T>(Optional<Loaded<T>> found, List<LeftOut> leftOut) {
  public Latest {
    leftOut = List.copyOf(leftOut);
  }

  /**
   * A checkpoint that was loaded.
   *
   * @param manifest of the checkpoint
   * @param value what the loader made of it
   * @param <T> of the value
   */
  public record Loaded<T>(Manifest manifest, T value) {}

  /**
   * A step that was passed over.
   *
   * @param step the number of optimizer steps done
   * @param reason why it was not loaded
   */
  public record LeftOut(long step, String reason) {}
}
