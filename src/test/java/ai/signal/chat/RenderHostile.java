package ai.signal.chat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Renders each line of a table of templates; each line of output is the milliseconds, the class of
 * what was thrown ("none" where nothing was) and its message.
 */
final class RenderHostile {
  private static final Pattern REPEATED = Pattern.compile("⟦(.*?)\\*(\\d+)⟧");
  private static final int LETTERS = 60_000;
  private static final int DEPTH = 400;

  private RenderHostile() {}

  /**
   * Runs the table.
   *
   * @param args its name, and the part of the default limit of steps that is allowed
   */
  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    long steps = Limits.DEFAULT.steps() / Integer.parseInt(args[1]);
    Limits limits = new Limits(steps, Limits.DEFAULT.bytes());
    Map<String, Object> variables = variables();
    for (String template : templates(args[0])) {
      long start = System.nanoTime();
      String outcome = outcome(expanded(template), variables, limits);
      out.println((System.nanoTime() - start) / 1_000_000 + "\t" + outcome.replace('\n', ' '));
    }
  }

  static List<String> templates(String table) throws IOException {
    try (InputStream in = RenderHostile.class.getResourceAsStream("/chat/" + table)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("# "))
          .toList();
    }
  }

  private static String outcome(String template, Map<String, Object> variables, Limits limits) {
    try {
      ChatTemplate.parse(template).render(variables, () -> RenderLines.NOW, new Work(limits));
      return "none\t";
    } catch (Throwable e) {
      return e.getClass().getName() + "\t" + e.getMessage();
    }
  }

  /** The template with {@code ⟦x*9⟧} written out. */
  private static String expanded(String template) {
    return REPEATED
        .matcher(template)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(found.group(1).repeat(Integer.parseInt(found.group(2)))));
  }

  private static Map<String, Object> variables() {
    Object deep = 1;
    for (int i = 0; i < DEPTH; i++) {
      deep = List.of(deep);
    }
    return Map.of("big", "a".repeat(LETTERS), "deep", deep);
  }
}
