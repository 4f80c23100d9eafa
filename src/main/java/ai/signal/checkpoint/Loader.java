package ai.signal.checkpoint;

import java.io.IOException;

/**
 * Loads a checkpoint.
 *
 * @param <T> what it makes of it
 */
@FunctionalInterface
public interface Loader<T> {
  /**
   * Reads what it needs.
   *
   * @throws RefusedCheckpointException from the checkpoint: the next older one is tried
   * @throws IOException from the store: no other is tried
   */
  T load(Checkpoint checkpoint) throws IOException;
}
