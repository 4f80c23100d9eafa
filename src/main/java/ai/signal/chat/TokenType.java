package ai.signal.chat;

/** The kinds of tokens, named as messages name them. */
enum TokenType {
  TEXT("text"),
  BLOCK_BEGIN("'{%'"),
  BLOCK_END("'%}'"),
  OUTPUT_BEGIN("'{{'"),
  OUTPUT_END("'}}'"),
  NAME("a name"),
  STRING("a string"),
  INTEGER("an integer"),
  FLOAT("a float"),
  OPERATOR("an operator"),
  END("the end of the template");

  private final String shown;

  TokenType(String shown) {
    this.shown = shown;
  }

  @Override
  public String toString() {
    return shown;
  }
}
