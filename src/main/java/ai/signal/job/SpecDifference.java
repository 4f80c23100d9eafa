package ai.signal.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/** Where two resolved specs differ first. */
final class SpecDifference {
  private SpecDifference() {}

  /** {@code stages.1.train.steps is 40 there, 80 here}; empty where nothing differs. */
  static Optional<String> between(JsonNode there, JsonNode here) {
    return between(there, here, "");
  }

  private static Optional<String> between(JsonNode there, JsonNode here, String path) {
    if (there.equals(here)) {
      return Optional.empty();
    }
    if (there.isObject() && here.isObject()) {
      for (Map.Entry<String, JsonNode> entry : here.properties()) {
        JsonNode other = there.path(entry.getKey());
        Optional<String> found = between(other, entry.getValue(), join(path, entry.getKey()));
        if (found.isPresent()) {
          return found;
        }
      }
      for (Map.Entry<String, JsonNode> entry : there.properties()) {
        if (!here.has(entry.getKey())) {
          return Optional.of("%s is there, not here".formatted(join(path, entry.getKey())));
        }
      }
    }
    if (there.isArray() && here.isArray() && there.size() == here.size()) {
      for (int i = 0; i < here.size(); i++) {
        Optional<String> found =
            between(there.get(i), here.get(i), join(path, Integer.toString(i)));
        if (found.isPresent()) {
          return found;
        }
      }
    }
    if (there.isArray() && here.isArray()) {
      return Optional.of(
          "%s has %d entries there, %d here".formatted(path, there.size(), here.size()));
    }
    return there.isMissingNode()
        ? Optional.of(path + " is here, not there")
        : Optional.of("%s is %s there, %s here".formatted(path, there, here));
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
