package ai.signal.job;

import java.util.Set;

/** Keys of the job spec's contract that this version does not have yet. */
final class Later {
  private static final Set<String> KEYS = Set.of("stages.*.train.loss.normalization");

  private Later() {}

  static boolean key(String path) {
    return KEYS.contains(anyStage(path));
  }

  private static String anyStage(String path) {
    return path.replaceFirst("^stages\\.\\d+", "stages.*");
  }
}
