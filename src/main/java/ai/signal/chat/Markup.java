package ai.signal.chat;

/**
 * What the filter {@code safe} makes of a text: text, but adding to it with {@code +} escapes what
 * is added.
 */
record Markup(String text) {

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace(">", "&gt;")
        .replace("<", "&lt;")
        .replace("'", "&#39;")
        .replace("\"", "&#34;");
  }
}
