package ai.signal.chat;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Python's {@code strftime} in the C locale. */
final class Strftime {
  private static final Map<String, DateTimeFormatter> FORMATTERS = new TreeMap<>();
  private static final int STEPS = 20;

  static {
    Map.ofEntries(
            Map.entry("a", "EEE"),
            Map.entry("A", "EEEE"),
            Map.entry("b", "MMM"),
            Map.entry("B", "MMMM"),
            Map.entry("d", "dd"),
            Map.entry("-d", "d"),
            Map.entry("m", "MM"),
            Map.entry("-m", "M"),
            Map.entry("y", "yy"),
            Map.entry("Y", "yyyy"),
            Map.entry("H", "HH"),
            Map.entry("-H", "H"),
            Map.entry("I", "hh"),
            Map.entry("-I", "h"),
            Map.entry("M", "mm"),
            Map.entry("S", "ss"),
            Map.entry("p", "a"),
            Map.entry("j", "DDD"),
            Map.entry("F", "yyyy-MM-dd"),
            Map.entry("T", "HH:mm:ss"))
        .forEach(
            (directive, pattern) ->
                FORMATTERS.put(directive, DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH)));
  }

  private Strftime() {}

  static String format(Work work, LocalDateTime time, String format) {
    Text out = work.text();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      int end = Math.min(format.length(), format.startsWith("-", i + 1) ? i + 3 : i + 2);
      String directive = format.substring(i + 1, end);
      i = end - 1;
      work.steps(STEPS);
      out.append(directive.equals("%") ? "%" : directive(time, directive));
    }
    return out.toString();
  }

  private static String directive(LocalDateTime time, String directive) {
    DateTimeFormatter formatter = FORMATTERS.get(directive);
    if (formatter == null) {
      throw new RenderException(
          "strftime_now does not know '%%%s' here (known: %s)"
              .formatted(directive, FORMATTERS.keySet()));
    }
    return formatter.format(time);
  }
}
