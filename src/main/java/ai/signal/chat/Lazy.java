package ai.signal.chat;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/**
 * Python's generator: nothing is computed, and nothing fails, before the first item is asked for.
 */
final class Lazy implements Iterator<Object> {
  private final Supplier<Iterator<?>> start;
  private Iterator<?> items;

  Lazy(Supplier<Iterator<?>> start) {
    this.start = start;
  }

  @Override
  public boolean hasNext() {
    if (items == null) {
      items = start.get();
    }
    return items.hasNext();
  }

  @Override
  public Object next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return items.next();
  }
}
