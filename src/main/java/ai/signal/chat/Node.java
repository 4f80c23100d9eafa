package ai.signal.chat;

import java.util.List;
import java.util.Optional;

/** A statement of a template; {@code at} is its offset in the source. */
sealed interface Node {

  record Text(String text) implements Node {}

  record Output(Expr value) implements Node {}

  record Set(int at, Target target, Expr value) implements Node {}

  /** The text of the body, through filters, becomes a variable. */
  record SetBlock(int at, Target target, Expr value, List<Node> body) implements Node {}

  record If(List<Branch> branches, List<Node> otherwise) implements Node {}

  record For(
      int at,
      Target target,
      Expr iterable,
      Optional<Expr> test,
      boolean recursive,
      List<Node> body,
      List<Node> otherwise)
      implements Node {}

  record MacroDefinition(String name, Callable callable) implements Node {}

  /** A call whose callee can have the body rendered, by the name {@code caller}. */
  record CallBlock(Expr.Call call, Callable caller) implements Node {}

  record FilterBlock(Expr value, List<Node> body) implements Node {}

  record With(int at, List<Target> targets, List<Expr> values, List<Node> body) implements Node {}

  /** A generation block: text of the assistant. */
  record Generation(int at, List<Node> body) implements Node {}

  record Break() implements Node {}

  record Continue() implements Node {}

  record Branch(Expr test, List<Node> body) {}

  /**
   * The common part of a macro and the body of a call block.
   *
   * @param uses which of the special names varargs, kwargs and caller the body mentions
   */
  record Callable(List<Parameter> parameters, List<Node> body, java.util.Set<String> uses) {}

  record Parameter(String name, Optional<Expr> absent) {}

  /** A target of an assignment. */
  sealed interface Target {
    record Variable(String name) implements Target {}

    record NamespaceAttribute(String namespace, String attribute) implements Target {}

    record Several(List<Target> targets) implements Target {}
  }
}
