package ai.signal.chat;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Python's dict: keys by Python's equality, of which the first given stays; what it takes is
 * counted as it grows.
 */
final class PyDict extends AbstractMap<Object, Object> {
  private final Work work;
  private final Map<Object, Map.Entry<Object, Object>> entries = new LinkedHashMap<>();

  /** Made by {@link Work#dict}. */
  PyDict(Work work) {
    this.work = work;
  }

  @Override
  public Object put(Object key, Object value) {
    Object hashed = Key.of(work, key);
    Map.Entry<Object, Object> there = entries.get(hashed);
    if (there != null) {
      return there.setValue(value);
    }
    work.slot();
    work.allocate(Size.ENTRY);
    entries.put(hashed, new AbstractMap.SimpleEntry<>(key, value));
    return null;
  }

  @Override
  public Object get(Object key) {
    Map.Entry<Object, Object> entry = entries.get(Key.of(work, key));
    return entry == null ? null : entry.getValue();
  }

  @Override
  public boolean containsKey(Object key) {
    return entries.containsKey(Key.of(work, key));
  }

  @Override
  public Object remove(Object key) {
    Map.Entry<Object, Object> entry = entries.remove(Key.of(work, key));
    return entry == null ? null : entry.getValue();
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
        return entries.values().iterator();
      }

      @Override
      public int size() {
        return entries.size();
      }
    };
  }

  PyDict copy() {
    PyDict copy = work.dict();
    copy.addAll(this);
    return copy;
  }

  void addAll(Map<?, ?> other) {
    for (Map.Entry<?, ?> entry : other.entrySet()) {
      put(entry.getKey(), entry.getValue());
    }
  }
}
