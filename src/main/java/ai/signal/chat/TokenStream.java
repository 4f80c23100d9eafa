package ai.signal.chat;

import java.util.List;

/** Tokens, read one by one. */
final class TokenStream {
  private final String source;
  private final List<Token> tokens;
  private int next;

  TokenStream(String source) {
    this.source = source;
    this.tokens = Lexer.tokens(source);
  }

  Token current() {
    return tokens.get(next);
  }

  /** The one after {@link #current}. */
  Token look() {
    return tokens.get(Math.min(next + 1, tokens.size() - 1));
  }

  Token take() {
    Token token = current();
    if (next < tokens.size() - 1) {
      next++;
    }
    return token;
  }

  boolean at(TokenType type) {
    return current().type() == type;
  }

  boolean atName(String name) {
    return current().isName(name);
  }

  boolean atOperator(String operator) {
    return current().isOperator(operator);
  }

  boolean skipName(String name) {
    return skip(atName(name));
  }

  boolean skipOperator(String operator) {
    return skip(atOperator(operator));
  }

  private boolean skip(boolean is) {
    if (is) {
      take();
    }
    return is;
  }

  Token expect(TokenType type) {
    if (!at(type)) {
      throw failure("expected " + type + ", got " + current().shown(), current().at());
    }
    return take();
  }

  Token expectName(String name) {
    if (!atName(name)) {
      throw failure("expected '" + name + "', got " + current().shown(), current().at());
    }
    return take();
  }

  Token expectOperator(String operator) {
    if (!atOperator(operator)) {
      throw failure("expected '" + operator + "', got " + current().shown(), current().at());
    }
    return take();
  }

  ChatTemplateException failure(String problem, int at) {
    return ChatTemplateException.unreadable(problem, Position.of(source, at));
  }
}
