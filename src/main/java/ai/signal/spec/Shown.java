package ai.signal.spec;

import com.fasterxml.jackson.databind.JsonNode;

/** A YAML value as a message shows it: one short line. */
public final class Shown {
  private static final int LONGEST = 80;

  private Shown() {}

  public static String of(JsonNode node) {
    String text = node.isTextual() ? "'" + node.asText() + "'" : node.toString();
    String line = text.replaceAll("\\s+", " ");
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
  }
}
