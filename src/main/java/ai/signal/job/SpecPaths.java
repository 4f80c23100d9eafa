package ai.signal.job;

import ai.signal.spec.SpecException;
import ai.signal.storage.Location;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;

/** Makes the relative paths of a spec's tree absolute; what has a scheme stays as it is. */
final class SpecPaths {
  private SpecPaths() {}

  /**
   * Resolves every input path, and {@code output} against the current directory.
   *
   * @throws SpecException.Value for one that no file can have, such as one with a NUL
   */
  static void resolve(ObjectNode job, Path directory) {
    path(job, "output", "output", Path.of("").toAbsolutePath());
    path(job.path("model"), "base", "model.base", directory);
    path(job.path("lora"), "init", "lora.init", directory);
    for (int i = 0; i < job.path("stages").size(); i++) {
      for (Map.Entry<String, JsonNode> stage : job.path("stages").path(i).properties()) {
        String at = "stages." + i + "." + stage.getKey();
        JsonNode keys = stage.getValue();
        path(keys.path("data"), "path", at + ".data.path", directory);
        path(keys.path("prompts"), "path", at + ".prompts.path", directory);
        path(keys.path("evaluate").path("data"), "path", at + ".evaluate.data.path", directory);
      }
    }
  }

  /** Whether a path names its file system, as in {@code s3a://bucket/x} or {@code builtin:tiny}. */
  static boolean hasScheme(String path) {
    return Location.of("Cannot read path", path).scheme().isPresent();
  }

  private static void path(JsonNode holder, String key, String at, Path directory) {
    JsonNode value = holder.path(key);
    if (value.isTextual() && !value.textValue().isBlank()) {
      try {
        Location location = Location.of("Cannot read path", value.textValue());
        if (location.scheme().isEmpty()) {
          ((ObjectNode) holder)
              .put(key, directory.resolve(location.local()).normalize().toString());
        }
      } catch (IllegalArgumentException e) {
        throw new SpecException.Value(at, "is refused: " + e.getMessage());
      }
    }
  }
}
