package ai.signal.job;

import ai.signal.spec.Shown;
import ai.signal.spec.SpecException;
import ai.signal.storage.UriCredentials;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Pattern;

/** {@code key.path=value} from the command line, applied to the tree before it is bound. */
final class Overrides {
  /** No path of a spec is as long; what is nested without bound overflows the stack. */
  private static final int MAX_KEYS = 20;

  private static final Pattern KEY = Pattern.compile("[\\w.-]+");

  private Overrides() {}

  /**
   * Sets one value; mappings on the way are made where they are missing, list entries are not.
   *
   * @throws SpecException where the text is no {@code key.path=value}
   * @throws SpecException.Value where the path does not lead into the tree
   */
  static void apply(ObjectNode tree, String override) {
    int equals = override.indexOf('=');
    boolean isKey = equals > 0 && KEY.matcher(override.substring(0, equals)).matches();
    if (equals < 1 || (!isKey && carries(override))) {
      throw new SpecException(
          "Invalid override '%s', allowed: key.path=value, for example stages.1.train.steps=8"
              .formatted(carries(override) ? "***" : override));
    }
    String path = override.substring(0, equals);
    if (path.chars().filter(c -> c == '.').count() >= MAX_KEYS) {
      throw new SpecException.Value(
          path, "has more than %d keys, allowed: a path of the spec".formatted(MAX_KEYS));
    }
    JsonNode value = SpecYaml.value(override.substring(equals + 1), path);
    String[] keys = path.split("\\.", -1);
    if (keys.length > SpecYaml.MAX_DEPTH) {
      throw new SpecException(
          "Invalid override '%s...': its path has %,d keys, allowed: at most %d"
              .formatted(path.substring(0, 40), keys.length, SpecYaml.MAX_DEPTH));
    }
    JsonNode parent = tree;
    for (int i = 0; i < keys.length - 1; i++) {
      parent = child(parent, keys, i);
    }
    String last = keys[keys.length - 1];
    if (parent instanceof ArrayNode array) {
      array.set(index(array, keys, keys.length - 1), value);
    } else if (parent instanceof ObjectNode object) {
      object.set(last, value);
    } else {
      throw new SpecException.Value(
          String.join(".", keys), "leads into %s, which has no keys".formatted(Shown.of(parent)));
    }
  }

  /** Whether a location was written where an override is expected: its query has an = as well. */
  private static boolean carries(String override) {
    return UriCredentials.in(override).isPresent();
  }

  private static JsonNode child(JsonNode parent, String[] keys, int i) {
    if (parent instanceof ArrayNode array) {
      return array.get(index(array, keys, i));
    }
    if (parent instanceof ObjectNode object) {
      JsonNode child = object.get(keys[i]);
      if (child == null || child.isNull()) {
        child = JsonNodeFactory.instance.objectNode();
        object.set(keys[i], child);
      }
      return child;
    }
    throw new SpecException.Value(
        String.join(".", keys), "leads into %s, which has no keys".formatted(Shown.of(parent)));
  }

  private static int index(ArrayNode array, String[] keys, int i) {
    if (!keys[i].matches("\\d{1,4}") || Integer.parseInt(keys[i]) >= array.size()) {
      throw new SpecException.Value(
          String.join(".", keys),
          "has no entry '%s', allowed: 0 to %d".formatted(keys[i], array.size() - 1));
    }
    return Integer.parseInt(keys[i]);
  }
}
