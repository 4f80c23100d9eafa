package ai.signal.job;

import ai.signal.spec.Shown;
import ai.signal.spec.SpecException;
import ai.signal.storage.Location;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/** Makes the relative paths of a spec's tree absolute; what has a scheme stays as it is. */
final class SpecPaths {
  /** Of an organisation and its model, as the Hub has them. */
  private static final Pattern HUB_NAME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*");

  private SpecPaths() {}

  /**
   * Resolves every input path, and {@code output} against the current directory.
   *
   * @throws SpecException.Value for a path that can be none
   */
  static void resolve(ObjectNode job, Path directory) {
    path(job, "", "output", Path.of("").toAbsolutePath());
    path(job.path("model"), "model.", "base", directory);
    path(job.path("lora"), "lora.", "init", directory);
    int stage = 0;
    for (JsonNode kinds : job.path("stages")) {
      for (Map.Entry<String, JsonNode> kind : kinds.properties()) {
        String key = "stages.%d.%s.".formatted(stage, kind.getKey());
        JsonNode keys = kind.getValue();
        path(keys.path("data"), key + "data.", "path", directory);
        path(keys.path("prompts"), key + "prompts.", "path", directory);
        path(keys.path("evaluate").path("data"), key + "evaluate.data.", "path", directory);
      }
      stage++;
    }
  }

  /** Whether a path names its file system, as in {@code s3a://bucket/x} or {@code builtin:tiny}. */
  static boolean hasScheme(String path) {
    return Location.of("Cannot read path", path).scheme().isPresent();
  }

  /** The base model as it is written now; empty where there is none. */
  static String base(ObjectNode job) {
    return job.path("model").path("base").asText();
  }

  /**
   * A name of the Hugging Face Hub looks like a relative path.
   *
   * @param written the base before it was resolved
   * @throws SpecException.Value where it may be such a name, and no directory
   */
  static void refuseHubName(String written, ObjectNode job) {
    if (HUB_NAME.matcher(written).matches() && !Files.exists(Path.of(base(job)))) {
      throw new SpecException.Value(
          "model.base",
          "= '%1$s' is refused: there is no directory %2$s; a model of the Hugging Face Hub is downloaded first: hf download %1$s --local-dir %2$s"
              .formatted(written, Locations.shown(base(job))));
    }
  }

  private static void path(JsonNode holder, String prefix, String key, Path directory) {
    JsonNode value = holder.path(key);
    if (!value.isTextual() || value.textValue().isBlank()) {
      return;
    }
    try {
      Location location = Location.of("Cannot read path", value.textValue());
      if (location.scheme().isEmpty()) {
        ((ObjectNode) holder).put(key, directory.resolve(location.local()).normalize().toString());
      }
    } catch (InvalidPathException e) {
      throw new SpecException.Value(
          prefix + key, "= %s is refused: it is no path".formatted(Shown.of(value)));
    } catch (IllegalArgumentException e) {
      throw new SpecException.Value(prefix + key, "is refused: " + e.getMessage());
    }
  }
}
