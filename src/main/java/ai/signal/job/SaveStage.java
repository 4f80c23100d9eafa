package ai.signal.job;

/**
 * Publishes what was trained.
 *
 * @param mode adapter: PEFT's layout under {@code <output>/adapter}
 */
record SaveStage(Mode mode) implements StageSpec {
  enum Mode {
    ADAPTER
  }

  SaveStage() {
    this(Mode.ADAPTER);
  }
}
