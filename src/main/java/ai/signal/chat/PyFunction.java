package ai.signal.chat;

/** Whatever a template can call. */
@FunctionalInterface
interface PyFunction {
  Object call(Args args);
}
