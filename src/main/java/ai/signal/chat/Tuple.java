package ai.signal.chat;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** Python's tuple: a list that prints and compares as its own kind. */
final class Tuple extends AbstractList<Object> implements RandomAccess {
  private final List<Object> items;

  /** Made by {@link Work#tuple} of a list that no longer changes. */
  Tuple(List<Object> items) {
    this.items = items;
  }

  @Override
  public Object get(int index) {
    return items.get(index);
  }

  @Override
  public int size() {
    return items.size();
  }
}
