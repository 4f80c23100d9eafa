package ai.signal.checkpoint;

import java.util.Optional;

/**
 * What a checkpoint must be of to be loaded; what is empty may be anything.
 *
 * @param runId of the run
 * @param baseModel identity of the base model's weights
 * @param specDigest of all that decides the run's numbers
 */
public record Expected(
    Optional<String> runId, Optional<String> baseModel, Optional<String> specDigest) {

  /** Any run on any model. */
  public static Expected any() {
    return new Expected(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Any run on a model: for a new run that begins with a checkpoint's weights. */
  public static Expected on(String baseModel) {
    return new Expected(Optional.empty(), Optional.of(baseModel), Optional.empty());
  }

  /** The same run, model and spec: to continue. */
  public static Expected of(RunIdentity run) {
    return new Expected(
        Optional.of(run.id()), Optional.of(run.baseModel()), Optional.of(run.specDigest()));
  }

  /** Why a checkpoint is not that, if it is not. */
  Optional<String> mismatch(RunIdentity run) {
    return differs("run", runId, run.id())
        .or(() -> differs("base model", baseModel, run.baseModel()))
        .or(() -> differs("spec digest", specDigest, run.specDigest()));
  }

  private static Optional<String> differs(String what, Optional<String> wanted, String found) {
    return wanted
        .filter(value -> !value.equals(found))
        .map(value -> "its %s is '%s', not '%s'".formatted(what, found, value));
  }
}
