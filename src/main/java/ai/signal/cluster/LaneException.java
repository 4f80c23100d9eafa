package ai.signal.cluster;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkException;

/** Lanes that did not come to their end: refused, or failed as often as Spark may try. */
public final class LaneException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final Pattern TASK = Pattern.compile("Task (\\d+) in stage");

  private final int lane;

  private LaneException(String description, int lane, String message, Throwable cause) {
    super(
        "Cannot finish %s: %s%s"
            .formatted(description, lane < 0 ? "" : "lane " + lane + ": ", message),
        cause);
    this.lane = lane;
  }

  static LaneException refused(String description, int lane, String message) {
    return new LaneException(description, lane, message, null);
  }

  /** What a Spark job's failure says about lanes, in one line. */
  static LaneException failed(String description, boolean tasksAreLanes, SparkException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof LaneFailure lane) {
        return new LaneException(description, lane.lane(), lane.getMessage(), failure);
      }
    }
    String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    Matcher task = TASK.matcher(message);
    return new LaneException(
        description,
        tasksAreLanes && task.find() ? Integer.parseInt(task.group(1)) : -1,
        failure.getCause() == null ? message : message + ": " + failure.getCause().getMessage(),
        failure);
  }

  /** The first lane that did not; -1 where that is not known. */
  public int lane() {
    return lane;
  }
}
