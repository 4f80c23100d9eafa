package ai.signal.job;

import com.fasterxml.jackson.databind.JsonNode;

/** A YAML value as a message shows it: one short line. */
final class Shown {
  private static final int LONGEST = 80;

  private Shown() {}

  static String of(JsonNode node) {
    String text = node.isTextual() ? "'" + node.asText() + "'" : node.toString();
    String line = text.replaceAll("\\s+", " ");
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
  }
}
