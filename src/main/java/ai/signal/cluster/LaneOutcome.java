package ai.signal.cluster;

import java.io.Serializable;

/** What a lane sends, beside its vector. */
sealed interface LaneOutcome extends Serializable {
  /** It did its work. */
  record Done(Serializable value) implements LaneOutcome {}

  /**
   * It would refuse again wherever Spark tried.
   *
   * @param message names what was refused
   */
  record Refused(String message) implements LaneOutcome {}
}
