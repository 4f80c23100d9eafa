package ai.signal.train;

import ai.signal.cluster.LaneRefusal;
import ai.signal.data.Example;
import ai.signal.model.ModelConfig;
import java.util.Arrays;
import java.util.TreeSet;

/** Whether a model and a loss can take an example. */
final class Fit {
  private Fit() {}

  /** A native call that fails on an example would leak, and say less. */
  static void check(Example example, Loss loss, ModelConfig model) {
    int longest =
        Arrays.stream(example.lengths()).max().orElseThrow() + (loss.needsScores() ? 1 : 0);
    if (longest > model.maxPositions()) {
      throw new LaneRefusal(
          "example '%s' has %d tokens, but the model's context holds %d (cut it, or lower max_length)"
              .formatted(example.id(), longest, model.maxPositions()));
    }
    int k = example.targetsPerPosition();
    for (int i = 0; i < example.targetTokens().length; i++) {
      int largest = Math.max(example.tokens()[i / k], example.targetTokens()[i]);
      if (largest >= model.vocabSize()) {
        throw new LaneRefusal(
            "example '%s' has token %d at position %d, but the model's vocabulary has %d (tokenize it with the model's own tokenizer)"
                .formatted(example.id(), largest, i / k, model.vocabSize()));
      }
    }
  }

  /** Why a loss cannot be computed of an example; null where it can. */
  static String problem(Example example, Loss loss) {
    if (!example.inputs().keySet().containsAll(loss.inputs())) {
      return "example '%s' has the inputs %s, but %s needs %s"
          .formatted(
              example.id(), example.inputs().keySet(), loss.name(), new TreeSet<>(loss.inputs()));
    }
    if (loss.needsScores() && example.targetsPerPosition() > 1) {
      return "example '%s' has %d targets at each position, but %s takes the one token that ends a sequence"
          .formatted(example.id(), example.targetsPerPosition(), loss.name());
    }
    if (loss.sequences() > 0 && example.lengths().length != loss.sequences()) {
      return "example '%s' has %d sequence%s, but %s compares %d"
          .formatted(
              example.id(),
              example.lengths().length,
              example.lengths().length == 1 ? "" : "s",
              loss.name(),
              loss.sequences());
    }
    return null;
  }
}
