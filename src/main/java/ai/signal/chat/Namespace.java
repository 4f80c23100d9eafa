package ai.signal.chat;

import java.util.LinkedHashMap;
import java.util.Map;

/** The value of {@code namespace()}, the only one that a template may change. */
final class Namespace {
  private final Work work;
  private final Map<String, Object> values = new LinkedHashMap<>();

  Namespace(Work work) {
    work.allocate(Size.COLLECTION);
    this.work = work;
  }

  void set(String name, Object value) {
    if (name.startsWith("_")) {
      throw new RenderException(
          "a namespace cannot hold '"
              + PyText.shortened(name)
              + "': names must not begin with an underscore");
    }
    work.allocate(Size.ENTRY);
    values.put(name, value);
  }

  Object get(String name) {
    if (!values.containsKey(name)) {
      return Undefined.attribute(this, name);
    }
    return values.get(name);
  }

  Map<String, Object> values() {
    return values;
  }
}
