package ai.signal.chat;

/** A value that a template can call. */
sealed interface PyFunction permits Method, Macro, LoopContext {
  Object call(Args args);
}
