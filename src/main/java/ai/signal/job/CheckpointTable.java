package ai.signal.job;

import ai.signal.checkpoint.OwnerStatus;
import ai.signal.checkpoint.RunIdentity;
import ai.signal.checkpoint.StoredAttempt;
import ai.signal.spec.Names;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Checkpoints as a table for people, and as JSON. */
record CheckpointTable(List<StoredAttempt> attempts) {
  private static final List<String> HEADER =
      List.of("STEP", "WRITTEN", "SIZE", "RUN", "ATTEMPT", "STATE");

  /** A header and a line for each attempt, or one line that there is none. */
  List<String> lines(String location) {
    if (attempts.isEmpty()) {
      return List.of("There are no checkpoints in " + location);
    }
    List<List<String>> rows = new ArrayList<>(List.of(HEADER));
    attempts.forEach(attempt -> rows.add(row(attempt)));
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int at = column;
        int width = rows.stream().mapToInt(other -> other.get(at).length()).max().orElseThrow();
        line.append(row.get(column)).append(" ".repeat(width - row.get(column).length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private static List<String> row(StoredAttempt attempt) {
    String state = Names.of(attempt.state());
    return List.of(
        String.valueOf(attempt.step()),
        attempt.written().map(at -> at.truncatedTo(ChronoUnit.SECONDS).toString()).orElse("-"),
        bytes(attempt.bytes()),
        attempt.run().map(RunIdentity::name).map(CheckpointTable::plain).orElse("-"),
        attempt.attempt().isEmpty() ? "-" : attempt.attempt(),
        attempt.state() == StoredAttempt.State.REFUSED
            ? state + ": " + plain(attempt.reason())
            : state);
  }

  ArrayNode json() {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (StoredAttempt attempt : attempts) {
      ObjectNode node = array.addObject();
      node.put("step", attempt.step());
      node.put("written", attempt.written().map(Object::toString).orElse(null));
      node.put("bytes", attempt.bytes());
      node.put("run", attempt.run().map(RunIdentity::name).orElse(null));
      node.put("run_id", attempt.run().map(RunIdentity::id).orElse(null));
      node.put("attempt", attempt.attempt().isEmpty() ? null : attempt.attempt());
      node.put("state", Names.of(attempt.state()));
      node.put("reason", attempt.reason().isEmpty() ? null : attempt.reason());
    }
    return array;
  }

  static String shown(OwnerStatus owner) {
    if (owner.id().isEmpty()) {
      return "somebody whose owner.json is not whole";
    }
    return plain(
        "%s (run %s, process %s), which %s"
            .formatted(owner.id(), owner.run(), owner.process(), state(owner.running())));
  }

  private static String state(Optional<Boolean> running) {
    return running
        .map(is -> is ? "is running" : "has ended")
        .orElse("may be running: its host is not this one");
  }

  /** {@code 480 MB}. */
  static String bytes(long bytes) {
    String[] units = {"B", "kB", "MB", "GB", "TB"};
    double value = bytes;
    int unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(
        Locale.ROOT, unit == 0 || value >= 99.5 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }

  /** What was read from files, without what would command a terminal. */
  static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
