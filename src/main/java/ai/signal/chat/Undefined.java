package ai.signal.chat;

/**
 * What a name without a value stands for: prints as nothing, is false and empty, and refuses all
 * else.
 *
 * @param reason what is undefined, for messages
 */
record Undefined(String reason) {

  static Undefined name(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  static Undefined attribute(Object of, Object name) {
    return new Undefined(PyTypes.name(of) + " has no attribute or item " + PyText.repr(name));
  }

  RenderException failure() {
    return new RenderException(reason);
  }
}
