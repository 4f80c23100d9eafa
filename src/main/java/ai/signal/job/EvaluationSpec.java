package ai.signal.job;

import ai.signal.spec.Check;

/**
 * Evaluations on the way: the loss on held-out examples, as {@code evaluation_loss} of the step
 * behind which it was measured.
 *
 * @param data the examples
 * @param everySteps optimizer steps of the stage between two evaluations
 */
record EvaluationSpec(EvaluationData data, int everySteps) {
  EvaluationSpec {
    Check.atLeast("every_steps", everySteps, 1);
  }

  EvaluationSpec resolve(int positions) {
    return new EvaluationSpec(data.resolve(positions), everySteps);
  }
}
