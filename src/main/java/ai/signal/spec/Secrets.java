package ai.signal.spec;

import ai.signal.storage.Location;
import ai.signal.storage.UriCredentials;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Keeps credentials out of specs, which are written to outputs, reports and logs. */
public final class Secrets {
  private static final Pattern NAME =
      Pattern.compile(
          "(?i)(?:.*[._-])?(?:access[._-]?key(?:[._-]?id)?|(?:secret|account|api|private|encryption)(?:[._-]?access)?[._-]?key|secret|password|passwd"
              + "|credentials?|(?:session|security|auth|access|bearer|hf|sas)[._-]?token)|fs\\.[a-z0-9]+\\..*");

  /** Key paths whose values are locations from end to end; other texts may quote one. */
  private static final Pattern LOCATION =
      Pattern.compile("(?:.*\\.)?(?:base|init|output|table|path(?:\\.[0-9]+)?)");

  private static final String HINT =
      "is refused: a spec holds no credentials, for it is written to job.yaml; file systems take them from Spark's settings (spark.hadoop.fs.*) or from the platform (docs/security.md)";

  private Secrets() {}

  /** Whether a key is called like those that hold credentials. */
  static boolean isName(String key) {
    return NAME.matcher(key).matches();
  }

  /** A refusal that does not repeat the value. */
  static SpecException.Value refusal(String path) {
    return new SpecException.Value(path, HINT);
  }

  /**
   * Looks at all keys and values of a tree.
   *
   * @param path the key path of {@code tree}, empty at the top
   * @throws SpecException.Value where one is, or carries, credentials; it does not repeat them
   */
  public static void refuse(JsonNode tree, String path) {
    if (tree.isTextual()) {
      refuse(tree.textValue(), path);
    }
    for (Iterator<Map.Entry<String, JsonNode>> keys = tree.fields(); keys.hasNext(); ) {
      Map.Entry<String, JsonNode> key = keys.next();
      String inner = path.isEmpty() ? key.getKey() : path + "." + key.getKey();
      if (isName(key.getKey())) {
        throw refusal(inner);
      }
      if (UriCredentials.in(key.getKey()).isPresent()) {
        throw refusal(path.isEmpty() ? "a key" : path);
      }
      refuse(key.getValue(), inner);
    }
    for (int i = 0; tree.isArray() && i < tree.size(); i++) {
      refuse(tree.get(i), path + "." + i);
    }
  }

  private static void refuse(String value, String path) {
    boolean location = LOCATION.matcher(path).matches();
    Optional<String> problem =
        location && !value.isBlank()
            ? Location.problem(value)
            : UriCredentials.inText(value).map(kind -> "the text carries " + kind);
    if (problem.isPresent()) {
      throw new SpecException.Value(path, "is refused: " + problem.get());
    }
  }
}
