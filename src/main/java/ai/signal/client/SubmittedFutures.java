package ai.signal.client;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a notebook submitted, by ids that it can keep. Thread-safe. */
final class SubmittedFutures {
  /** Those that are over are forgotten behind so many. */
  static final int CAPACITY = 1000;

  private final Map<String, Submitted<?>> all = new LinkedHashMap<>();
  private long count;

  /** Its id. */
  synchronized String add(Submitted<?> submitted) {
    String id = "future-" + ++count;
    all.put(id, submitted);
    Iterator<Submitted<?>> oldest = all.values().iterator();
    for (int excess = all.size() - CAPACITY; excess > 0 && oldest.hasNext(); ) {
      if (oldest.next().future().isDone()) {
        oldest.remove();
        excess--;
      }
    }
    return id;
  }

  /**
   * The operation of an id.
   *
   * @throws IllegalArgumentException when there is none
   */
  synchronized Submitted<?> get(String id) {
    Submitted<?> known = all.get(id);
    if (known == null) {
      throw new IllegalArgumentException(
          "Cannot find future '%s': submit gives ids, and the last %d are remembered"
              .formatted(id, CAPACITY));
    }
    return known;
  }
}
