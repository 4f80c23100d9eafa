package ai.signal.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * A template into tokens, with jinja2's rules of white space under trim_blocks and lstrip_blocks:
 * the newline behind a block goes, and so do the blanks before one that begins a line.
 */
final class Lexer {
  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  /** True if the text at {@link #at} begins a line. */
  private boolean lineStart = true;

  private Lexer(String source) {
    this.source = source;
  }

  /** Newlines are one character, and one at the very end is not part of the template. */
  static String normalized(String source) {
    String unix = source.replace("\r\n", "\n").replace('\r', '\n');
    return unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix;
  }

  /**
   * @param source as {@link #normalized} gives it
   */
  static List<Token> tokens(String source) {
    Lexer lexer = new Lexer(source);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (at < source.length()) {
      int tag = nextTag();
      if (tag < 0) {
        text(source.substring(at));
        at = source.length();
        break;
      }
      char kind = source.charAt(tag + 1);
      char sign = source.length() > tag + 2 ? source.charAt(tag + 2) : ' ';
      text(before(tag, sign, kind));
      at = tag + (sign == '-' || sign == '+' ? 3 : 2);
      switch (kind) {
        case '#' -> comment(tag);
        case '{' -> tag(tag, TokenType.OUTPUT_BEGIN, TokenType.OUTPUT_END, "}}");
        default -> {
          int raw = afterRawTag(at);
          if (raw >= 0) {
            at = raw;
            raw(tag);
          } else {
            tag(tag, TokenType.BLOCK_BEGIN, TokenType.BLOCK_END, "%}");
          }
        }
      }
    }
    tokens.add(new Token(TokenType.END, source.length(), ""));
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "%{#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private void text(String text) {
    if (!text.isEmpty()) {
      tokens.add(new Token(TokenType.TEXT, at, text));
    }
  }

  /** The text before a tag, less what its sign or lstrip_blocks takes. */
  private String before(int tag, char sign, char kind) {
    String text = source.substring(at, tag);
    if (sign == '-') {
      return text.substring(0, blankFrom(text));
    } else if (sign == '+' || kind == '{') {
      return text;
    }
    int line = text.lastIndexOf('\n') + 1;
    boolean beginsLine = line > 0 || lineStart;
    return beginsLine && blankFrom(text) <= line ? text.substring(0, line) : text;
  }

  /** Returns the start of the white space at the end of a text. */
  private static int blankFrom(String text) {
    int end = text.length();
    while (end > 0 && PyChars.isSpace(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  private void comment(int begin) {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw failure("missing end of comment", begin);
    }
    char sign = end > at ? source.charAt(end - 1) : ' ';
    leave(end + 2, sign, true);
  }

  /** Goes behind a tag that ends with {@code sign}. */
  private void leave(int end, char sign, boolean trimsNewline) {
    at = end;
    if (sign == '-') {
      while (at < source.length() && PyChars.isSpace(source.charAt(at))) {
        at++;
      }
    } else if (trimsNewline && sign != '+' && source.startsWith("\n", at)) {
      at++;
    }
    lineStart = source.charAt(at - 1) == '\n';
  }

  private void tag(int begin, TokenType opens, TokenType closes, String end) {
    tokens.add(new Token(opens, begin, ""));
    TagLexer tag = new TagLexer(source, at, end, closes == TokenType.BLOCK_END);
    tag.run(tokens);
    tokens.add(new Token(closes, tag.endAt(), ""));
    leave(tag.end(), tag.sign(), closes == TokenType.BLOCK_END);
  }

  /** Behind {@code raw %}} where that stands at {@code from}, else -1. */
  private int afterRawTag(int from) {
    int word = spaces(from);
    if (!source.startsWith("raw", word)) {
      return -1;
    }
    int end = spaces(word + 3);
    if (source.startsWith("-%}", end)) {
      return spaces(end + 3);
    }
    return source.startsWith("%}", end) ? end + 2 : -1;
  }

  private int spaces(int from) {
    int i = from;
    while (i < source.length() && PyChars.isSpace(source.charAt(i))) {
      i++;
    }
    return i;
  }

  /** Text up to {@code endraw}, as it is. */
  private void raw(int begin) {
    lineStart = source.charAt(at - 1) == '\n';
    for (int tag = source.indexOf("{%", at); tag >= 0; tag = source.indexOf("{%", tag + 1)) {
      char sign = source.length() > tag + 2 ? source.charAt(tag + 2) : ' ';
      int word = spaces(tag + (sign == '-' || sign == '+' ? 3 : 2));
      if (!source.startsWith("endraw", word)) {
        continue;
      }
      int end = spaces(word + "endraw".length());
      char endSign = end < source.length() ? source.charAt(end) : ' ';
      int close = endSign == '-' || endSign == '+' ? end + 1 : end;
      if (source.startsWith("%}", close)) {
        text(before(tag, sign, '%'));
        leave(close + 2, endSign, true);
        return;
      }
    }
    throw failure("missing end of raw block", begin);
  }

  private ChatTemplateException failure(String problem, int offset) {
    return ChatTemplateException.unreadable(problem, Position.of(source, offset));
  }
}
