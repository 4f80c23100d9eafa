package ai.signal.chat;

/** What a template can call. */
sealed interface PyFunction permits Method, Macro, LoopContext {
  Object call(Args args);
}
