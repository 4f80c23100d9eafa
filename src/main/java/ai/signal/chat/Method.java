package ai.signal.chat;

import java.util.function.Function;

/**
 * A method with the value that it belongs to, or a function of the interpreter.
 *
 * @param self null for functions
 */
record Method(Object self, Function<Args, Object> body) implements PyFunction {
  static Method function(Function<Args, Object> body) {
    return new Method(null, body);
  }

  @Override
  public Object call(Args args) {
    args.read(self);
    return body.apply(args);
  }
}
