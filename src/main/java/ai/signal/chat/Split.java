package ai.signal.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Python's {@code split}, {@code rsplit} and {@code splitlines}. */
final class Split {
  private Split() {}

  static List<Object> left(String text, String separator, int limit) {
    List<Object> parts = new ArrayList<>();
    int start = 0;
    int at;
    while (parts.size() < limit && (at = text.indexOf(separator, start)) >= 0) {
      parts.add(text.substring(start, at));
      start = at + separator.length();
    }
    parts.add(text.substring(start));
    return parts;
  }

  static List<Object> right(String text, String separator, int limit) {
    List<Object> parts = new ArrayList<>();
    int end = text.length();
    while (parts.size() < limit && end >= separator.length()) {
      int at = text.lastIndexOf(separator, end - separator.length());
      if (at < 0) {
        break;
      }
      parts.add(text.substring(at + separator.length(), end));
      end = at;
    }
    parts.add(text.substring(0, end));
    Collections.reverse(parts);
    return parts;
  }

  static List<Object> atSpaces(String text, int limit) {
    List<Object> parts = new ArrayList<>();
    String rest = Strip.left(text, null);
    while (!rest.isEmpty()) {
      int end = 0;
      while (end < rest.length() && !PyChars.isSpace(rest.codePointAt(end))) {
        end += Character.charCount(rest.codePointAt(end));
      }
      if (parts.size() == limit) {
        parts.add(rest);
        break;
      }
      parts.add(rest.substring(0, end));
      rest = Strip.left(rest.substring(end), null);
    }
    return parts;
  }

  static List<Object> rightAtSpaces(String text, int limit) {
    List<Object> parts = new ArrayList<>();
    String rest = Strip.right(text, null);
    while (!rest.isEmpty()) {
      int start = rest.length();
      while (start > 0 && !PyChars.isSpace(rest.codePointBefore(start))) {
        start -= Character.charCount(rest.codePointBefore(start));
      }
      if (parts.size() == limit) {
        parts.add(rest);
        break;
      }
      parts.add(rest.substring(start));
      rest = Strip.right(rest.substring(0, start), null);
    }
    Collections.reverse(parts);
    return parts;
  }

  static List<Object> lines(String text, boolean keepEnds) {
    List<Object> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (PyChars.isLineEnd(text.charAt(i))) {
        int end = i;
        if (text.startsWith("\r\n", i)) {
          i++;
        }
        lines.add(text.substring(start, keepEnds ? i + 1 : end));
        start = i + 1;
      }
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines;
  }
}
