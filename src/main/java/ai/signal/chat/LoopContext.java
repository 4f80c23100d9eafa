package ai.signal.chat;

import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/** The variable {@code loop}: where a loop stands. Looks ahead only when asked to. */
final class LoopContext implements Iterator<Object>, PyFunction {
  private final Work work;
  private final Object iterable;
  private final int depth0;
  private final Function<Args, Object> recursion;
  private Iterator<?> items;
  private long index0 = -1;
  private Object previous;
  private Object current;
  private boolean peeked;
  private Object next;
  private PyList rest;
  private long length = -1;
  private Object lastChanged; // null, which equals no tuple, before the first

  /**
   * @param recursion renders the body for other items, or null where the loop is not recursive
   */
  LoopContext(Work work, Object iterable, int depth0, Function<Args, Object> recursion) {
    work.allocate(Size.SCOPE);
    this.work = work;
    this.iterable = iterable;
    this.items = work.iterate(iterable);
    this.depth0 = depth0;
    this.recursion = recursion;
  }

  @Override
  public boolean hasNext() {
    return peek();
  }

  @Override
  public Object next() {
    Object item = peeked ? next : items.next();
    peeked = false;
    next = null;
    index0++;
    previous = current;
    current = item;
    return item;
  }

  /** All values that can still be reached from here. */
  Object[] held() {
    return new Object[] {iterable, rest, previous, current, next, lastChanged};
  }

  private boolean peek() {
    if (!peeked && items.hasNext()) {
      next = items.next();
      peeked = true;
    }
    return peeked;
  }

  long length() {
    if (length < 0) {
      if (PyTypes.isSized(iterable)) {
        length = PyTypes.length(iterable);
      } else {
        rest = work.list();
        items.forEachRemaining(rest::add);
        items = rest.iterator();
        length = rest.size() + index0 + 1 + (peeked ? 1 : 0);
      }
    }
    return length;
  }

  Object attribute(String name) {
    return switch (name) {
      case "index" -> index0 + 1;
      case "index0" -> index0;
      case "revindex" -> length() - index0;
      case "revindex0" -> length() - index0 - 1;
      case "first" -> index0 == 0;
      case "last" -> !peek();
      case "length" -> length();
      case "previtem" -> index0 == 0 ? new Undefined("there is no previous item") : previous;
      case "nextitem" -> peek() ? next : new Undefined("there is no next item");
      case "depth" -> depth0 + 1L;
      case "depth0" -> (long) depth0;
      case "cycle" -> new Method(this, this::cycle);
      case "changed" -> new Method(this, this::changed);
      default -> Undefined.attribute(this, name);
    };
  }

  private Object cycle(Args args) {
    List<Object> values = args.positional();
    if (values.isEmpty()) {
      throw new RenderException("no items for cycling given");
    }
    return values.get((int) (index0 % values.size()));
  }

  private Object changed(Args args) {
    Object value = work.tuple(args.positional().toArray());
    boolean changed = !PyOrder.equal(work, lastChanged, value);
    lastChanged = value;
    return changed;
  }

  /** Renders the loop's body for other items, in a recursive loop. */
  @Override
  public Object call(Args args) {
    if (recursion == null) {
      throw new RenderException(
          "The loop must have the 'recursive' marker to be called recursively.");
    }
    return recursion.apply(args);
  }
}
