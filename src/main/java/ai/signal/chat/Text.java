package ai.signal.chat;

/** Writes a text piece by piece, each counted before it is written. */
final class Text {
  private final Work work;
  private final StringBuilder chars = new StringBuilder();

  /** Made by {@link Work#text}. */
  Text(Work work) {
    this.work = work;
  }

  Text append(String text) {
    work.write(text.length());
    chars.append(text);
    return this;
  }

  Text append(String text, int from, int to) {
    work.write(to - from);
    chars.append(text.substring(from, to)); // a part of a text is appended letter by letter
    return this;
  }

  Text append(char c) {
    work.write(1);
    chars.append(c);
    return this;
  }

  Text appendCodePoint(int c) {
    work.write(2);
    chars.appendCodePoint(c);
    return this;
  }

  Text repeat(String text, long times) {
    if (!text.isEmpty() && times > 0) {
      work.write(times > Integer.MAX_VALUE ? Long.MAX_VALUE : text.length() * times);
      for (long i = 0; i < times; i++) {
        chars.append(text);
      }
    }
    return this;
  }

  /** Writes {@code backslash u 12ab}, with a given number of digits. */
  Text hex(String prefix, int value, int digits) {
    append(prefix);
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      append(Character.forDigit(value >> shift & 0xf, 16));
    }
    return this;
  }

  int length() {
    return chars.length();
  }

  @Override
  public String toString() {
    return work.made(chars.toString());
  }
}
