package ai.signal.monitor;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A job that evaluated, trained, evaluated, sampled and saved. */
final class Jobs {
  private Jobs() {}

  static StepMetrics step(long step, double loss, double gradNorm) {
    return new StepMetrics(
        step,
        step / 50.0,
        loss,
        3e-4 / (1 + step / 200),
        gradNorm,
        812,
        301,
        5000 + 700 * Math.sin((double) step),
        new StepMetrics.Seconds(0.0101, 0.12, 0.03, 0.0004),
        Map.of(),
        List.of());
  }

  /** The same step with what a GPU told. */
  static StepMetrics on(GpuReading gpu, StepMetrics step) {
    return new StepMetrics(
        step.step(),
        step.epoch(),
        step.loss(),
        step.learningRate(),
        step.gradNorm(),
        step.tokens(),
        step.lossTokens(),
        step.tokensPerSecond(),
        step.seconds(),
        step.metrics(),
        List.of(gpu));
  }

  static JobHistory history(int steps) {
    JobHistory history = new JobHistory();
    history.stageFinished(evaluation(3.4121, 0.0, "I <b>do</b> not know."), 2.1);
    for (int step = 1; step <= steps; step++) {
      double loss = 0.05 + 3 * Math.exp(-step / 25.0) + 0.05 * Math.cos(step * 1.7);
      history.stepFinished(step(step, loss, 1.4 * Math.exp(-step / 60.0)));
    }
    history.stageFinished(new StageResult.Train(steps, 2.913, 0.0342, 10411.7), 23.4);
    history.stageFinished(evaluation(0.0213, 0.985, " Did Nils give a rope?\n"), 1.9);
    history.stageFinished(new StageResult.Sample(12, Optional.empty()), 0.6);
    history.stageFinished(new StageResult.Save("adapter", "runs/demo/adapter"), 0.1);
    return history;
  }

  static StageResult.Evaluate evaluation(double loss, double match, String answer) {
    return new StageResult.Evaluate(
        loss,
        Optional.of(match),
        List.of(
            new StageResult.Answer(
                "Nils gave a rope to Olga.\nQuestion:", answer, " Did Nils give a rope?"),
            new StageResult.Answer("Rosa sat.\nQuestion:", answer, " Did Rosa sit?")));
  }
}
