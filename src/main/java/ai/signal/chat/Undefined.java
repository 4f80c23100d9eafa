package ai.signal.chat;

/**
 * What a name without a value stands for: prints as nothing, is false and empty, and refuses all
 * else.
 *
 * @param subject what is undefined, or the type of what has no such attribute
 * @param attribute null where the subject says it all
 */
record Undefined(String subject, Object attribute) {
  Undefined(String reason) {
    this(reason, null);
  }

  static Undefined name(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  static Undefined attribute(Object of, Object name) {
    return new Undefined(PyTypes.name(of), name == null ? "None" : name);
  }

  RenderException failure() {
    return new RenderException(
        attribute == null
            ? subject
            : subject + " has no attribute or item " + PyText.shown(attribute));
  }
}
