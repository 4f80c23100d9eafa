package ai.signal.job;

import ai.signal.client.SignalFuture;
import ai.signal.client.TrainBatchResult;
import ai.signal.client.TrainingProgress;
import ai.signal.monitor.StepMetrics;
import ai.signal.train.RunState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What goes with the steps of a train stage: evaluations and checkpoints. For one thread. */
final class TrainSteps {
  private final JobContext job;
  private final TrainStage stage;
  private final long steps;
  private final Optional<HeldOut> heldOut;
  private final Map<Long, HeldOut.Measured> measured = new HashMap<>(); // by step of the stage
  private final Map<Long, SignalFuture<RunState>> states = new HashMap<>();
  private Progress progress;
  private long heard = System.nanoTime();

  /**
   * @param steps of the stage
   * @param before those that are done
   */
  TrainSteps(
      JobContext job, TrainStage stage, long steps, Progress before, Optional<HeldOut> heldOut) {
    this.job = job;
    this.stage = stage;
    this.steps = steps;
    this.progress = before;
    this.heldOut = heldOut;
  }

  Progress progress() {
    return progress;
  }

  /** Tells where the stage begins, and does the evaluation that a signal came before. */
  void begin() {
    Optional<StepMetrics> last =
        progress.steps() == 0 ? Optional.empty() : job.checkpoints().unmeasured();
    if (last.isPresent() || !progress.finished()) {
      job.listener().trainingStarted(steps, progress.steps() - last.stream().count());
    }
    last.ifPresent(
        step -> finished(step, heldOut.orElseThrow().measure(job.run().async()).means()));
  }

  /** What is asked of the run here comes behind this step and before the next one. */
  void submitted(long step) {
    job.checkpoints().requireSaved();
    heldOut
        .filter(data -> step == steps || step % stage.evaluate().orElseThrow().everySteps() == 0)
        .ifPresent(data -> measured.put(step, data.measure(job.run().async())));
    if (job.checkpoints().due(stage.checkpoint(), step, steps)) {
      states.put(step, job.run().async().state());
    }
  }

  /** A step is done. */
  void heard(TrainingProgress step) {
    TrainBatchResult result = step.result();
    boolean applied = result.optimStep().applied();
    progress =
        progress.plus(
            applied ? Progress.Step.APPLIED : Progress.Step.NOT_FINITE,
            result.forwardBackward().loss(),
            result.metrics().tokens(),
            seconds());
    if (progress.steps() == steps) {
      progress = progress.finish();
    }
    if (!applied) {
      job.listener().noted(TrainRunner.skipped(progress.steps(), result));
    }
    Map<String, Double> means = means(result.metrics());
    finished(result.metrics(), means);
    SignalFuture<RunState> state = states.remove(progress.steps());
    if (state != null) {
      job.checkpoints().save(state.result(), means);
    }
  }

  private void finished(StepMetrics step, Map<String, Double> means) {
    StepMetrics metrics = step;
    for (Map.Entry<String, Double> mean : means.entrySet()) {
      metrics = metrics.with("evaluation_" + mean.getKey(), mean.getValue());
    }
    job.listener().stepFinished(metrics);
    job.checkpoints().completed(progress, metrics.step(), Optional.empty());
  }

  /** Of the evaluation behind this step, if there is one; a signal does not wait for it. */
  private Map<String, Double> means(StepMetrics metrics) {
    HeldOut.Measured evaluation = measured.remove(progress.steps());
    if (evaluation == null) {
      return new TreeMap<>();
    }
    job.checkpoints().completed(progress, metrics.step(), Optional.of(metrics));
    return evaluation.means();
  }

  private double seconds() {
    long before = heard;
    heard = System.nanoTime();
    return (heard - before) / 1e9;
  }
}
