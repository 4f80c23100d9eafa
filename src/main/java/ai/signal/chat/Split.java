package ai.signal.chat;

/** Python's {@code split}, {@code rsplit} and {@code splitlines}. */
final class Split {
  private Split() {}

  static PyList left(Work work, String text, String separator, int limit) {
    PyList parts = work.list();
    int start = 0;
    while (parts.size() < limit) {
      int at = Search.first(work, text, separator, start);
      if (at < 0) {
        break;
      }
      parts.add(work.part(text, start, at));
      start = at + separator.length();
    }
    parts.add(work.part(text, start));
    return parts;
  }

  static PyList right(Work work, String text, String separator, int limit) {
    PyList parts = work.list();
    int end = text.length();
    while (parts.size() < limit) {
      int at = Search.last(work, text, separator, end);
      if (at < 0) {
        break;
      }
      parts.add(work.part(text, at + separator.length(), end));
      end = at;
    }
    parts.add(work.part(text, 0, end));
    return parts.reversed();
  }

  static PyList atSpaces(Work work, String text, int limit) {
    PyList parts = work.list();
    int start = spaces(work, text, 0);
    while (start < text.length()) {
      if (parts.size() == limit) {
        parts.add(work.part(text, start));
        break;
      }
      int end = start;
      while (end < text.length() && !PyChars.isSpace(text.codePointAt(end))) {
        end += Character.charCount(text.codePointAt(end));
      }
      parts.add(work.part(text, start, end));
      start = spaces(work, text, end);
    }
    return parts;
  }

  private static int spaces(Work work, String text, int from) {
    int at = from;
    while (at < text.length() && PyChars.isSpace(text.codePointAt(at))) {
      at += Character.charCount(text.codePointAt(at));
    }
    work.read(at - from);
    return at;
  }

  static PyList rightAtSpaces(Work work, String text, int limit) {
    PyList parts = work.list();
    int end = spacesBefore(work, text, text.length());
    while (end > 0) {
      if (parts.size() == limit) {
        parts.add(work.part(text, 0, end));
        break;
      }
      int start = end;
      while (start > 0 && !PyChars.isSpace(text.codePointBefore(start))) {
        start -= Character.charCount(text.codePointBefore(start));
      }
      parts.add(work.part(text, start, end));
      end = spacesBefore(work, text, start);
    }
    return parts.reversed();
  }

  private static int spacesBefore(Work work, String text, int end) {
    int at = end;
    while (at > 0 && PyChars.isSpace(text.codePointBefore(at))) {
      at -= Character.charCount(text.codePointBefore(at));
    }
    work.read(end - at);
    return at;
  }

  static PyList lines(Work work, String text, boolean keepEnds) {
    PyList lines = work.list();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (PyChars.isLineEnd(text.charAt(i))) {
        int end = i;
        if (text.startsWith("\r\n", i)) {
          i++;
        }
        lines.add(work.part(text, start, keepEnds ? i + 1 : end));
        start = i + 1;
      }
    }
    if (start < text.length()) {
      lines.add(work.part(text, start));
    }
    return lines;
  }
}
