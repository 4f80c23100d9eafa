package ai.signal.chat;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;

/** Python's list; what it takes is counted as it grows, and its items as they are read. */
final class PyList extends AbstractList<Object> implements RandomAccess {
  private final Work work;
  private final List<Object> items = new ArrayList<>();

  /** Made by {@link Work#list}. */
  PyList(Work work) {
    this.work = work;
  }

  @Override
  public boolean add(Object item) {
    work.slot();
    return items.add(item);
  }

  @Override
  public Object get(int index) {
    work.read(1);
    return items.get(index);
  }

  @Override
  public Object set(int index, Object item) {
    return items.set(index, item);
  }

  @Override
  public int size() {
    return items.size();
  }

  /** The items from the last to the first. */
  PyList reversed() {
    PyList reversed = work.list();
    for (int i = size() - 1; i >= 0; i--) {
      reversed.add(get(i));
    }
    return reversed;
  }
}
