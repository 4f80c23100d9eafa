package ai.signal.chat;

import java.util.HashMap;
import java.util.Map;

/** Variables by name; what is not here is looked for around it. */
final class Scope {
  private final Scope around;
  private final Map<String, Object> variables;

  Scope(Scope around) {
    this(around, new HashMap<>());
  }

  Scope(Scope around, Map<String, Object> variables) {
    this.around = around;
    this.variables = variables;
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
    variables.put(name, value);
  }
}
