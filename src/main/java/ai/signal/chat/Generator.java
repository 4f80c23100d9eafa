package ai.signal.chat;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Python's generator: nothing is computed, and nothing fails, before the first item is asked for.
 */
final class Generator implements Iterator<Object> {
  private final Work work;
  private final Object[] uses;
  private final Supplier<Object> start;
  private final Predicate<Object> wanted;
  private final Function<Object, Object> made;
  private Object source;
  private Iterator<Object> items;
  private Object next;
  private boolean found;

  private Generator(
      Work work,
      Object[] uses,
      Supplier<Object> start,
      Predicate<Object> wanted,
      Function<Object, Object> made) {
    work.allocate(Size.GENERATOR);
    this.work = work;
    this.uses = uses;
    this.start = start;
    this.wanted = wanted;
    this.made = made;
  }

  /**
   * The items of a value that is computed late.
   *
   * @param uses the values that {@code start} needs
   */
  static Generator of(Work work, Supplier<Object> start, Object... uses) {
    return new Generator(work, uses, start, item -> true, item -> item);
  }

  /** Each item of a value through a function. */
  static Generator mapped(Work work, Object value, Args args, Function<Object, Object> function) {
    return new Generator(work, new Object[] {value, args}, () -> value, item -> true, function);
  }

  /** The items of a value that a predicate takes. */
  static Generator selected(Work work, Object value, Args args, Predicate<Object> wanted) {
    return new Generator(work, new Object[] {value, args}, () -> value, wanted, item -> item);
  }

  /** All values that can still be reached from here. */
  Object[] held() {
    return new Object[] {uses, source, next};
  }

  @Override
  public boolean hasNext() {
    if (found) {
      return true;
    }
    work.enter();
    if (items == null) {
      source = start.get();
      items = work.iterate(source);
    }
    while (!found && items.hasNext()) {
      next = items.next();
      found = wanted.test(next);
    }
    work.leave();
    return found;
  }

  @Override
  public Object next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    found = false;
    Object item = next;
    next = null;
    return made.apply(item);
  }
}
