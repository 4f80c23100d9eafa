package ai.signal.job;

import ai.signal.spec.Check;
import ai.signal.spec.LossSpec;
import ai.signal.spec.SpecException;

/**
 * Measures the adapter on held-out examples.
 *
 * @param data the examples
 * @param maxTokens the longest completion compared with its reference
 */
record EvaluateStage(EvaluationData data, int maxTokens) implements StageSpec {
  EvaluateStage {
    Check.atLeast("max_tokens", maxTokens, 1);
    if (LossSpec.Name.SPECIAL.contains(data.format())) {
      throw new SpecException.Value(
          "data.format", data.format().specName(), "formats with one answer");
    }
  }

  EvaluateStage(EvaluationData data) {
    this(data, 64);
  }

  @Override
  public EvaluateStage resolve(int positions) {
    return new EvaluateStage(data.resolve(positions), maxTokens);
  }
}
