package ai.signal.chat;

/** The escapes of Python's string literals, as jinja2 reads them. */
final class StringLiteral {
  private StringLiteral() {}

  /**
   * @param inside between the quotes
   * @param at its offset in the source
   */
  static String value(String inside, String source, int at) {
    if (inside.indexOf('\\') < 0) {
      return inside;
    }
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < inside.length()) {
      char c = inside.charAt(i);
      if (c != '\\' || i + 1 == inside.length()) {
        out.append(c);
        i++;
        continue;
      }
      char escape = inside.charAt(i + 1);
      int digits =
          switch (escape) {
            case 'x' -> 2;
            case 'u' -> 4;
            case 'U' -> 8;
            default -> 0;
          };
      if (digits > 0) {
        out.appendCodePoint(hex(inside, i, digits, source, at));
        i += 2 + digits;
      } else if (escape >= '0' && escape <= '7') {
        int end = i + 1;
        while (end < inside.length()
            && end < i + 4
            && "01234567".indexOf(inside.charAt(end)) >= 0) {
          end++;
        }
        out.append((char) Integer.parseInt(inside.substring(i + 1, end), 8));
        i = end;
      } else if (escape == 'N') {
        throw ChatTemplateException.unreadable(
            "the escape '\\N' is not known here", Position.of(source, at + i));
      } else {
        out.append(simple(escape));
        i += 2;
      }
    }
    return out.toString();
  }

  private static int hex(String inside, int i, int digits, String source, int at) {
    int end = i + 2 + digits;
    if (end <= inside.length() && inside.substring(i + 2, end).matches("[0-9a-fA-F]+")) {
      long point = Long.parseLong(inside.substring(i + 2, end), 16);
      if (point <= Character.MAX_CODE_POINT) {
        return (int) point;
      }
    }
    throw ChatTemplateException.unreadable(
        "'\\%s' needs %d hexadecimal digits of a character".formatted(inside.charAt(i + 1), digits),
        Position.of(source, at + i));
  }

  private static String simple(char escape) {
    return switch (escape) {
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'r' -> "\r";
      case 'a' -> "\u0007";
      case 'b' -> "\b";
      case 'f' -> "\f";
      case 'v' -> "\u000b";
      case '\n' -> "";
      case '\\', '\'', '"' -> String.valueOf(escape);
      default -> "\\" + escape; // Python keeps what it does not know
    };
  }
}
