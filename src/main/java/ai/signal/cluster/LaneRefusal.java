package ai.signal.cluster;

/**
 * Thrown by the work of a lane where doing it again would not help: it ends the operation at once,
 * without Spark's retries.
 */
public final class LaneRefusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param message names what is refused, why, and what to do
   */
  public LaneRefusal(String message) {
    super(message);
  }
}
