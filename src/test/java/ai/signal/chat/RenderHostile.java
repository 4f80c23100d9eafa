package ai.signal.chat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Renders each line of standard input as a template; each line of output is the milliseconds, the
 * class of what was thrown ("none" where nothing was) and its message.
 */
final class RenderHostile {
  private static final int LETTERS = 200_000;
  private static final int DEPTH = 400;

  private RenderHostile() {}

  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Limits limits =
        new Limits(
            Limits.DEFAULT.steps() / Integer.parseInt(args[0]), Limits.DEFAULT.bytes());
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      long start = System.nanoTime();
      String outcome = outcome(line, limits).replace('\n', ' ');
      out.println((System.nanoTime() - start) / 1_000_000 + "\t" + outcome);
    }
  }

  private static String outcome(String template, Limits limits) {
    try {
      ChatTemplate.parse(template).render(variables(), () -> RenderLines.NOW, new Work(limits));
      return "none\t";
    } catch (Throwable e) {
      return e.getClass().getName() + "\t" + e.getMessage();
    }
  }

  private static Map<String, Object> variables() {
    Object deep = 1;
    for (int i = 0; i < DEPTH; i++) {
      deep = List.of(deep);
    }
    return Map.of("big", "a".repeat(LETTERS), "deep", deep);
  }
}
