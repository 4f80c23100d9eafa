package ai.signal.job;

import ai.signal.spec.KeyHints;
import java.util.Optional;

/** Hints about keys that a job spec does not have. */
enum SpecHints implements KeyHints {
  OF_JOBS;

  @Override
  public boolean later(String path) {
    return Later.key(path);
  }

  @Override
  public Optional<String> synonym(String path, String key) {
    return FieldNames.known(key)
        .flatMap(known -> SpecKeys.nearest(path, known))
        .map(known -> parent(known).equals(parent(path)) ? last(known) : known);
  }

  @Override
  public Optional<String> elsewhere(String path, String key) {
    return SpecKeys.nearest(path, key).or(() -> SpecKeys.misspelt(path, key));
  }

  private static String parent(String path) {
    return path.replaceFirst("\\.?[^.]*$", "").replaceFirst("^stages\\.\\d+", "stages.N");
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
