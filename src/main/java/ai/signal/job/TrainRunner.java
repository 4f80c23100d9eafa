package ai.signal.job;

import ai.signal.client.TrainingClient;
import ai.signal.cluster.SignalPlugin;
import ai.signal.data.BatchPlan;
import ai.signal.data.LaneDataset;
import ai.signal.monitor.GpuReading;
import ai.signal.monitor.StageResult;
import ai.signal.monitor.StepMetrics;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.Loss;
import ai.signal.train.OptimStepResult;
import ai.signal.train.Schedule;
import java.util.List;
import java.util.Locale;

/** Trains the run's adapter: forward_backward and optim_step, step after step. */
final class TrainRunner implements StageRunner {
  private final TrainStage stage;

  TrainRunner(TrainStage stage) {
    this.stage = stage;
  }

  @Override
  public StageResult run(JobContext job) {
    TrainingData source = stage.data();
    LaneDataset data =
        LaneDataset.prepare(
            job.spark(),
            stage.dataSpec(),
            job.spec().model().base(),
            job.spec().cluster().lanes(),
            job.output().location());
    BatchPlan plan = data.plan(stage.batchSize(), job.spec().seed(), source.shuffle());
    long steps =
        stage.steps().map(Integer::longValue).orElse(stage.epochs() * plan.stepsPerEpoch());
    job.listener().noted(DataNote.of(data, source.length()));
    job.listener().trainingStarted(steps);
    return train(job, data, plan, steps);
  }

  private StageResult train(JobContext job, LaneDataset data, BatchPlan plan, long steps) {
    TrainingClient run = job.run();
    Loss loss = stage.loss().loss();
    Schedule schedule = Schedules.of(stage.schedule(), steps);
    long done = run.step();
    double firstLoss = Double.NaN;
    double lastLoss = Double.NaN;
    long tokens = 0;
    long start = System.nanoTime();
    for (long step = 0; step < steps; step++) {
      long stepStart = System.nanoTime();
      ForwardBackwardResult gradient = run.forwardBackward(data, plan, step, loss);
      OptimStepResult update =
          run.optimStep(
              stage
                  .optimizer()
                  .optimizer(stage.optimizer().learningRate() * schedule.factor(step)));
      lastLoss = gradient.loss();
      firstLoss = step == 0 ? lastLoss : firstLoss;
      tokens += gradient.tokens();
      if (!update.applied()) {
        job.listener().noted(skipped(step + 1, gradient, update));
      }
      job.listener()
          .stepFinished(
              metrics(
                  done + step + 1,
                  plan.epochs(step + 1),
                  gradient,
                  update,
                  secondsSince(stepStart),
                  SignalPlugin.gpus(job.spark().sparkContext())));
    }
    return new StageResult.Train(steps, firstLoss, lastLoss, tokens / secondsSince(start));
  }

  static StepMetrics metrics(
      long step,
      double epoch,
      ForwardBackwardResult gradient,
      OptimStepResult update,
      double seconds,
      List<GpuReading> gpus) {
    return new StepMetrics(
        step,
        epoch,
        gradient.loss(),
        update.learningRate(),
        update.gradNorm(),
        gradient.tokens(),
        gradient.lossTokens(),
        gradient.tokens() / seconds,
        new StepMetrics.Seconds(
            gradient.seconds().prepare(),
            gradient.seconds().compute(),
            gradient.seconds().reduce(),
            update.seconds()),
        gradient.metrics(),
        gpus);
  }

  static String skipped(long step, ForwardBackwardResult gradient, OptimStepResult update) {
    return String.format(
        Locale.ROOT,
        "step %d changed nothing: loss %s, gradient norm %s",
        step,
        gradient.loss(),
        update.gradNorm());
  }

  private static double secondsSince(long nanoTime) {
    return Math.max(1e-9, (System.nanoTime() - nanoTime) / 1e9);
  }
}
