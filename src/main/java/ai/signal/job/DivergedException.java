package ai.signal.job;

import ai.signal.model.OneLine;
import ai.signal.storage.Refusal;

/** Training or an evaluation without finite numbers: one line with the stage and what to do. */
final class DivergedException extends RuntimeException implements Refusal {
  private static final long serialVersionUID = 1L;

  private final boolean ofTheModel;

  /**
   * @param ofTheModel whether the model was so before anything was learned
   */
  DivergedException(String message, boolean ofTheModel) {
    super(OneLine.message(message));
    this.ofTheModel = ofTheModel;
  }

  @Override
  public boolean isOfTheUser() {
    return ofTheModel;
  }
}
