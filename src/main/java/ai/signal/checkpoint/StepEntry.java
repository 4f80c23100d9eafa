package ai.signal.checkpoint;

import java.util.List;

/** What an output has under a step. */
public sealed interface StepEntry {
  /** The number of optimizer steps done. */
  long step();

  /**
   * A checkpoint; its files have not been read.
   *
   * @param manifest valid
   */
  record Committed(Manifest manifest) implements StepEntry {
    @Override
    public long step() {
      return manifest.step();
    }
  }

  /**
   * A manifest that is not valid.
   *
   * @param step the number of optimizer steps done
   * @param reason what is wrong with it
   */
  record Refused(long step, String reason) implements StepEntry {}

  /**
   * Attempts without a manifest: under way, or of a writer that died, or half deleted.
   *
   * @param step the number of optimizer steps done
   * @param attempts names of their directories
   */
  record Uncommitted(long step, List<String> attempts) implements StepEntry {
    public Uncommitted {
      attempts = List.copyOf(attempts);
    }
  }
}
