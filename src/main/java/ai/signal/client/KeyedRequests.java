package ai.signal.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Requests of a notebook, of no run, that a retry with the same key does not repeat. Thread-safe.
 */
final class KeyedRequests {
  /** Keys that are remembered: a retry comes soon or not at all. */
  private static final int KEYS = 1000;

  private final String operation;
  private final Map<String, Keyed> keyed =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Keyed> eldest) {
          return size() > KEYS;
        }
      };

  private record Keyed(ObjectNode request, Submitted<?> submitted) {}

  /**
   * @param operation that they ask for
   */
  KeyedRequests(String operation) {
    this.operation = operation;
  }

  /**
   * What a request was submitted as the first time, which may be now.
   *
   * @param request without its key; not to be changed
   * @throws IllegalArgumentException when the key was used for something else
   */
  synchronized Submitted<?> once(String key, ObjectNode request, Supplier<Submitted<?>> submit) {
    Keyed first = keyed.get(key);
    if (first == null) {
      first = new Keyed(request, submit.get());
      keyed.put(key, first);
    } else if (!first.request.equals(request)) {
      throw new IllegalArgumentException(
          "key '%s' was used for another request, %s %d"
              .formatted(key, operation, first.submitted.future().sequence()));
    }
    return first.submitted;
  }
}
