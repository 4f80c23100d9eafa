package ai.signal.chat;

/**
 * A token of a template.
 *
 * @param at the offset in the source
 * @param text what a name, an operator or a text is; what a string or a number means
 */
record Token(TokenType type, int at, Object text) {

  boolean is(TokenType wanted, String wantedText) {
    return type == wanted && text.equals(wantedText);
  }

  boolean isName(String name) {
    return is(TokenType.NAME, name);
  }

  boolean isOperator(String operator) {
    return is(TokenType.OPERATOR, operator);
  }

  String shown() {
    return switch (type) {
      case NAME, OPERATOR -> "'" + text + "'";
      default -> type.toString();
    };
  }
}
