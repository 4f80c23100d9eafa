package ai.signal.chat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tokens between the two ends of one tag. */
final class TagLexer {
  private static final Pattern FLOAT =
      Pattern.compile(
          "(?<!\\.)(\\d+_)*\\d+((\\.(\\d+_)*\\d+)?[eE][+\\-]?(\\d+_)*\\d+|\\.(\\d+_)*\\d+)");
  private static final Pattern INTEGER =
      Pattern.compile("0[bB](_?[01])+|0[oO](_?[0-7])+|0[xX](_?[0-9a-fA-F])+|[1-9](_?\\d)*|0(_?0)*");
  private static final Pattern OPERATOR =
      Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}<>=.:|,;]");

  private final String source;
  private final String end;
  private final boolean plusEnds;
  private final Deque<Character> open = new ArrayDeque<>();
  private int at;
  private int endAt;
  private char sign = ' ';

  /**
   * @param at behind the beginning of the tag and its sign
   * @param end what ends it
   * @param plusEnds whether the end may have a + before it
   */
  TagLexer(String source, int at, String end, boolean plusEnds) {
    this.source = source;
    this.at = at;
    this.end = end;
    this.plusEnds = plusEnds;
  }

  void run(List<Token> tokens) {
    while (true) {
      while (at < source.length() && PyChars.isSpace(source.charAt(at))) {
        at++;
      }
      if (at == source.length()) {
        throw failure("the tag has no end; expected '" + end + "'", at);
      }
      if (open.isEmpty() && ends()) {
        return;
      }
      tokens.add(next());
      if (tokens.size() > Limits.MAX_TOKENS) {
        throw failure("it has more than " + Limits.MAX_TOKENS + " names, signs and values", at);
      }
    }
  }

  /** Returns where the delimiter that ends the tag begins. */
  int endAt() {
    return endAt;
  }

  /** The offset behind the tag. */
  int end() {
    return at;
  }

  /** The sign before the end: - or +, else a blank. */
  char sign() {
    return sign;
  }

  private boolean ends() {
    char first = source.charAt(at);
    boolean signed = first == '-' || (first == '+' && plusEnds);
    int from = signed ? at + 1 : at;
    if (!source.startsWith(end, from)) {
      return false;
    }
    endAt = at;
    sign = signed ? first : ' ';
    at = from + end.length();
    return true;
  }

  private Token next() {
    int begin = at;
    String text;
    checkDigits();
    if ((text = match(FLOAT)) != null) {
      return new Token(TokenType.FLOAT, begin, Double.valueOf(text.replace("_", "")));
    } else if ((text = match(INTEGER)) != null) {
      return new Token(TokenType.INTEGER, begin, integer(text, begin));
    } else if (PyChars.isNameStart(source.codePointAt(at))) {
      while (at < source.length() && PyChars.isNamePart(source.codePointAt(at))) {
        at += Character.charCount(source.codePointAt(at));
      }
      return new Token(TokenType.NAME, begin, source.substring(begin, at));
    } else if (skipString()) {
      String inside = source.substring(begin + 1, at - 1);
      return new Token(TokenType.STRING, begin, StringLiteral.value(inside, source, begin + 1));
    } else if ((text = match(OPERATOR)) != null) {
      balance(text, begin);
      return new Token(TokenType.OPERATOR, begin, text.intern()); // there are thirty
    }
    throw failure("unexpected '" + Character.toString(source.codePointAt(at)) + "'", at);
  }

  /** Long numbers are refused before a pattern sees them: repeated groups take stack. */
  private void checkDigits() {
    int end = at;
    while (end < source.length() && isDigitOrMark(source.charAt(end))) {
      end++;
    }
    if (end - at > Limits.MAX_DIGITS && source.charAt(at) <= '9') {
      throw failure("a number of more than " + Limits.MAX_DIGITS + " digits", at);
    }
  }

  private static boolean isDigitOrMark(char c) {
    return c == '_' || (c < 0x80 && Character.isLetterOrDigit(c));
  }

  /** Goes to the end of the string that begins here, if one does. */
  private boolean skipString() {
    char quote = source.charAt(at);
    if (quote != '\'' && quote != '"') {
      return false;
    }
    for (int i = at + 1; i < source.length(); i++) {
      char c = source.charAt(i);
      if (c == quote) {
        at = i + 1;
        return true;
      } else if (c == '\\') {
        i++;
      }
    }
    return false;
  }

  private String match(Pattern pattern) {
    Matcher matcher = pattern.matcher(source).region(at, source.length());
    matcher.useTransparentBounds(true);
    if (!matcher.lookingAt()) {
      return null;
    }
    at = matcher.end();
    return matcher.group();
  }

  private long integer(String text, int begin) {
    String digits = text.replace("_", "");
    int radix =
        digits.length() < 2
            ? 10
            : switch (digits.charAt(1)) {
              case 'b', 'B' -> 2;
              case 'o', 'O' -> 8;
              case 'x', 'X' -> 16;
              default -> 10;
            };
    try {
      return Long.parseLong(radix == 10 ? digits : digits.substring(2), radix);
    } catch (NumberFormatException e) {
      throw failure("an integer of more than 64 bits: " + PyText.shortened(text), begin);
    }
  }

  /** The end of a tag ends nothing inside brackets: {@code {{ {'a': {}} }}}. */
  private void balance(String operator, int begin) {
    switch (operator) {
      case "{" -> open.push('}');
      case "(" -> open.push(')');
      case "[" -> open.push(']');
      case "}", ")", "]" -> {
        if (open.isEmpty()) {
          throw failure("unexpected '" + operator + "'", begin);
        }
        char expected = open.pop();
        if (operator.charAt(0) != expected) {
          throw failure("unexpected '" + operator + "'; expected '" + expected + "'", begin);
        }
      }
      default -> {}
    }
  }

  private ChatTemplateException failure(String problem, int offset) {
    return ChatTemplateException.unreadable(problem, Position.of(source, offset));
  }
}
