package ai.signal.job;

import java.util.Optional;

/** The terminal that a person looks at. */
final class Terminal {
  private static final int USUAL_COLUMNS = 100;

  private Terminal() {}

  /** Its width, from COLUMNS as submit.sh sets it; empty where output goes elsewhere. */
  @SuppressWarnings("SystemConsoleNull") // JDK 17, which Spark 3.5 runs on, answers null
  static Optional<Integer> columns() {
    if (System.console() == null) {
      return Optional.empty();
    }
    String columns = System.getenv().getOrDefault("COLUMNS", "");
    return Optional.of(
        columns.matches("[1-9]\\d{1,3}") ? Integer.parseInt(columns) : USUAL_COLUMNS);
  }
}
