package ai.signal.train;

import ai.signal.data.Example;
import ai.signal.model.ModelConfig;

/** Whether a model can take an example: a native call that fails on it would leak, and say less. */
final class Fit {
  private Fit() {}

  static void check(Example example, ModelConfig model) {
    if (example.length() > model.maxPositions()) {
      throw new TrainingException(
          "Cannot compute a loss: example '%s' has %d tokens, but the model's context holds %d"
              .formatted(example.id(), example.length(), model.maxPositions()));
    }
    for (int i = 0; i < example.length(); i++) {
      int largest = Math.max(example.tokens()[i], example.targetTokens()[i]);
      if (largest >= model.vocabSize()) {
        throw new TrainingException(
            "Cannot compute a loss: example '%s' has token %d at position %d, but the model's vocabulary has %d"
                .formatted(example.id(), largest, i, model.vocabSize()));
      }
    }
  }
}
