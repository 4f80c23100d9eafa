package ai.signal.train;

import ai.signal.cluster.LaneRefusal;
import ai.signal.data.Example;
import ai.signal.model.ModelConfig;

/** Whether a model can take an example: a native call that fails on it would leak, and say less. */
final class Fit {
  private Fit() {}

  static void check(Example example, ModelConfig model) {
    if (example.length() > model.maxPositions()) {
      throw new LaneRefusal(
          "example '%s' has %d tokens, but the model's context holds %d (cut it, or lower max_length)"
              .formatted(example.id(), example.length(), model.maxPositions()));
    }
    for (int i = 0; i < example.length(); i++) {
      int largest = Math.max(example.tokens()[i], example.targetTokens()[i]);
      if (largest >= model.vocabSize()) {
        throw new LaneRefusal(
            "example '%s' has token %d at position %d, but the model's vocabulary has %d (tokenize it with the model's own tokenizer)"
                .formatted(example.id(), largest, i, model.vocabSize()));
      }
    }
  }
}
