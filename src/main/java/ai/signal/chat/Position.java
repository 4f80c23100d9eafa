package ai.signal.chat;

/** A place in a template, both from 1. */
record Position(int line, int column) {

  /** The place of the char at {@code offset}. */
  static Position of(String source, int offset) {
    int line = 1;
    int start = 0;
    for (int i = 0; i < Math.min(offset, source.length()); i++) {
      if (source.charAt(i) == '\n') {
        line++;
        start = i + 1;
      }
    }
    return new Position(line, source.codePointCount(start, Math.min(offset, source.length())) + 1);
  }
}
