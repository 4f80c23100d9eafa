package ai.signal.cluster;

/** An attempt of a lane that failed, as the driver gets to see it. */
final class LaneFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int lane;

  LaneFailure(int lane, Throwable cause) {
    super(cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage(), cause);
    this.lane = lane;
  }

  int lane() {
    return lane;
  }
}
