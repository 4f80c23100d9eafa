package ai.signal.chat;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Python's dict: keys by Python's equality, of which the first given stays; what it takes is
 * counted as it grows, and its entries as they are read.
 */
final class PyDict extends AbstractMap<Object, Object> {
  private final Work work;

  /**
   * Made when there is something to hold: every call of a function has a dict of named arguments.
   */
  private Map<Object, Map.Entry<Object, Object>> entries = Map.of();

  /** Made by {@link Work#dict}. */
  PyDict(Work work) {
    this.work = work;
  }

  @Override
  public Object put(Object key, Object value) {
    Object hashed = Key.of(work, key);
    Map.Entry<Object, Object> there = find(hashed);
    if (there != null) {
      return there.setValue(value);
    }
    work.slot();
    work.step();
    work.allocate(Size.ENTRY);
    entries = entries.isEmpty() ? new LinkedHashMap<>() : entries;
    entries.put(hashed, new AbstractMap.SimpleEntry<>(key, value));
    return null;
  }

  @Override
  public Object get(Object key) {
    Map.Entry<Object, Object> entry = find(Key.of(work, key));
    return entry == null ? null : entry.getValue();
  }

  @Override
  public boolean containsKey(Object key) {
    return find(Key.of(work, key)) != null;
  }

  @Override
  public Object remove(Object key) {
    Map.Entry<Object, Object> entry = entries.isEmpty() ? null : entries.remove(Key.of(work, key));
    return entry == null ? null : entry.getValue();
  }

  /** Map.of takes no null, not even to look for. */
  private Map.Entry<Object, Object> find(Object hashed) {
    return entries.isEmpty() ? null : entries.get(hashed);
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public Set<Map.Entry<Object, Object>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Map.Entry<Object, Object>> iterator() {
        return counted(entries.values().iterator());
      }

      @Override
      public int size() {
        return entries.size();
      }
    };
  }

  private Iterator<Map.Entry<Object, Object>> counted(Iterator<Map.Entry<Object, Object>> all) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return all.hasNext();
      }

      @Override
      public Map.Entry<Object, Object> next() {
        work.read(1);
        return all.next();
      }
    };
  }

  void addAll(Map<?, ?> other) {
    for (Map.Entry<?, ?> entry : other.entrySet()) {
      put(entry.getKey(), entry.getValue());
    }
  }
}
