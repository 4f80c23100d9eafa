package ai.signal.job;

import ai.signal.spec.SpecException;
import ai.signal.storage.Location;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;

/** Makes the relative paths of a spec's tree absolute; what has a scheme stays as it is. */
final class SpecPaths {
  private SpecPaths() {}

  /** Resolves every input path, and {@code output} against the current directory. */
  static void resolve(ObjectNode job, Path directory) {
    path(job, "output", Path.of("").toAbsolutePath());
    path(job.path("model"), "base", directory);
    path(job.path("lora"), "init", directory);
    for (JsonNode stage : job.path("stages")) {
      for (JsonNode keys : stage) {
        path(keys.path("data"), "path", directory);
        path(keys.path("prompts"), "path", directory);
        path(keys.path("evaluate").path("data"), "path", directory);
      }
    }
  }

  /** Whether a path names its file system, as in {@code s3a://bucket/x} or {@code builtin:tiny}. */
  static boolean hasScheme(String path) {
    return Location.of("Cannot read path", path).scheme().isPresent();
  }

  private static void path(JsonNode holder, String key, Path directory) {
    JsonNode value = holder.path(key);
    if (value.isTextual() && !value.textValue().isBlank() && !hasScheme(value.textValue())) {
      Path local = local(key, value.textValue());
      ((ObjectNode) holder).put(key, directory.resolve(local).normalize().toString());
    }
  }

  private static Path local(String key, String path) {
    try {
      return Location.of("Cannot read path", path).local();
    } catch (IllegalArgumentException e) {
      throw new SpecException.Value(key, "is refused: " + e.getMessage());
    }
  }
}
