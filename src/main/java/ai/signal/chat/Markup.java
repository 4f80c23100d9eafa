package ai.signal.chat;

/**
 * What the filter {@code safe} makes of a text: text, but adding to it with {@code +} escapes what
 * is added.
 */
record Markup(String text) {
  static String escape(Work work, String text) {
    Text out = work.text();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '>' -> out.append("&gt;");
        case '<' -> out.append("&lt;");
        case '\'' -> out.append("&#39;");
        case '"' -> out.append("&#34;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }
}
