package ai.signal.chat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** Which of the names that only macros give a meaning the bodies being parsed mention. */
final class SpecialNames {
  private static final Set<String> NAMES = Set.of("varargs", "kwargs", "caller");

  private final Deque<Set<String>> bodies = new ArrayDeque<>();

  void enter() {
    bodies.push(new HashSet<>());
  }

  Set<String> leave() {
    return Set.copyOf(bodies.pop());
  }

  void mentioned(String name) {
    if (NAMES.contains(name)) {
      bodies.forEach(body -> body.add(name));
    }
  }
}
