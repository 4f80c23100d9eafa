package ai.signal.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The runs of a client that are open, by their ids. Thread-safe. */
final class OpenRuns {
  private final Map<String, AsyncTrainingClient> runs = new LinkedHashMap<>();

  synchronized AsyncTrainingClient add(AsyncTrainingClient run) {
    runs.put(run.info().id(), run);
    return run;
  }

  synchronized void remove(String id) {
    runs.remove(id);
  }

  /** In the order in which they came. */
  synchronized List<AsyncTrainingClient> all() {
    return List.copyOf(runs.values());
  }

  /**
   * The run of an id or, where none has it, of a name.
   *
   * @throws IllegalArgumentException when no run has it, or several have the name
   */
  synchronized AsyncTrainingClient find(String idOrName) {
    AsyncTrainingClient known = runs.get(idOrName);
    if (known != null) {
      return known;
    }
    List<AsyncTrainingClient> named =
        runs.values().stream().filter(run -> run.info().name().equals(idOrName)).toList();
    if (named.size() > 1) {
      throw new IllegalArgumentException(
          "Cannot find run '%s': %d have this name, ask by id: %s"
              .formatted(idOrName, named.size(), ids(named)));
    }
    if (named.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot find run '%s': no open run has this id or name, open: %s"
              .formatted(idOrName, runs.isEmpty() ? "none" : ids(all())));
    }
    return named.get(0);
  }

  private static String ids(List<AsyncTrainingClient> runs) {
    return runs.stream()
        .map(run -> run.info().id() + " (" + run.info().name() + ")")
        .collect(Collectors.joining(", "));
  }
}
