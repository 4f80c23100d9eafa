package ai.signal.checkpoint;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * An attempt as it lies in a store, for people.
 *
 * @param step the number of optimizer steps done
 * @param attempt its directory's name; empty where a damaged manifest leaves open which one it is
 * @param state whether it can be loaded
 * @param reason why it cannot be; empty where it can
 * @param bytes of its files
 * @param written when the last of its files was; empty where it has none
 * @param run what it is of, where its manifest tells
 */
public record StoredAttempt(
    long step,
    String attempt,
    State state,
    String reason,
    long bytes,
    Optional<Instant> written,
    Optional<RunIdentity> run) {
  public StoredAttempt {
    Objects.requireNonNull(attempt, "attempt");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(written, "written");
    Objects.requireNonNull(run, "run");
  }

  /** What a look at the manifest and at the sizes of files tells. */
  public enum State {
    /** Its manifest is valid, and all of its files have the size that it says. */
    GOOD,
    /** Its manifest is not valid, or its files are not there. */
    REFUSED,
    /** No manifest names it: it is under way, or of a writer that died. */
    UNCOMMITTED
  }
}
