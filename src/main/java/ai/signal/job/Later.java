package ai.signal.job;

import java.util.Map;
import java.util.Set;

/** Keys and values of the job spec's contract that this version does not have yet. */
final class Later {
  private static final Set<String> KEYS =
      Set.of("stages.*.train.loss.normalization", "stages.*.sample.n");

  private static final Map<String, Set<String>> VALUES =
      Map.of("stages.*.save.mode", Set.of("state"));

  private Later() {}

  static boolean key(String path) {
    return KEYS.contains(anyStage(path));
  }

  static boolean value(String path, String value) {
    return VALUES.getOrDefault(anyStage(path), Set.of()).contains(value);
  }

  private static String anyStage(String path) {
    return path.replaceFirst("^stages\\.\\d+", "stages.*");
  }
}
