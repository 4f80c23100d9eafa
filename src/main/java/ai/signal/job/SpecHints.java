package ai.signal.job;

import ai.signal.spec.KeyHints;
import java.util.Optional;

/** What a job spec knows of keys and values that it does not have. */
enum SpecHints implements KeyHints {
  OF_JOBS;

  @Override
  public boolean later(String path) {
    return Later.key(path);
  }

  @Override
  public Optional<String> elsewhere(String key) {
    return SpecKeys.elsewhere(key);
  }
}
