package ai.signal.chat;

import java.util.HashMap;
import java.util.Map;

/** Variables by name; what is not here is looked for around it. */
final class Scope {
  private final Work work;
  private final Scope around;
  private final Map<String, Object> variables = new HashMap<>();

  /** The outermost scope of a rendering. */
  Scope(Work work) {
    this(work, null);
  }

  Scope(Scope around) {
    this(around.work, around);
  }

  private Scope(Work work, Scope around) {
    work.allocate(Size.SCOPE);
    this.work = work;
    this.around = around;
  }

  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.around) {
      if (scope.variables.containsKey(name)) {
        return scope.variables.get(name);
      }
    }
    return Undefined.name(name);
  }

  void set(String name, Object value) {
    work.allocate(Size.ENTRY);
    variables.put(name, value);
  }

  Scope around() {
    return around;
  }

  Map<String, Object> variables() {
    return variables;
  }
}
