package ai.signal.chat;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An expression of a template; {@code at} is its offset in the source. */
sealed interface Expr {
  int at();

  record Literal(int at, Object value) implements Expr {}

  record Name(int at, String name) implements Expr {}

  record ListOf(int at, List<Expr> items) implements Expr {}

  record TupleOf(int at, List<Expr> items) implements Expr {}

  record DictOf(int at, List<Map.Entry<Expr, Expr>> entries) implements Expr {}

  record Attribute(int at, Expr object, String name) implements Expr {}

  record Item(int at, Expr object, Expr index) implements Expr {}

  /** Omitted parts are the literal None, as in Python. */
  record Slice(int at, Expr object, Expr start, Expr stop, Expr step) implements Expr {}

  record Call(int at, Expr callee, Arguments arguments) implements Expr {}

  record Filter(int at, Expr value, String name, Arguments arguments) implements Expr {}

  record Test(int at, Expr value, String name, Arguments arguments) implements Expr {}

  record Not(int at, Expr operand) implements Expr {}

  record And(int at, Expr left, Expr right) implements Expr {}

  record Or(int at, Expr left, Expr right) implements Expr {}

  record Unary(int at, String operator, Expr operand) implements Expr {}

  record Binary(int at, String operator, Expr left, Expr right) implements Expr {}

  record Compare(int at, Expr first, List<Operand> operands) implements Expr {}

  record Concat(int at, List<Expr> parts) implements Expr {}

  record Conditional(int at, Expr test, Expr then, Optional<Expr> otherwise) implements Expr {}

  /** The text of the block that a filter block or a set block is about. */
  record BlockText(int at) implements Expr {}

  record Operand(String operator, Expr value) {}

  /**
   * The arguments of a call.
   *
   * @param more what follows a star: further positional arguments
   * @param moreNamed what follows two stars
   */
  record Arguments(
      List<Expr> positional,
      List<Map.Entry<String, Expr>> named,
      Optional<Expr> more,
      Optional<Expr> moreNamed) {

    static final Arguments NONE =
        new Arguments(List.of(), List.of(), Optional.empty(), Optional.empty());
  }
}
