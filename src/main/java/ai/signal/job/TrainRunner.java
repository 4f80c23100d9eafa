package ai.signal.job;

import ai.signal.client.TrainBatchResult;
import ai.signal.client.TrainingOptions;
import ai.signal.client.TrainingProgress;
import ai.signal.client.TrainingResult;
import ai.signal.data.LaneDataset;
import ai.signal.monitor.StageResult;
import ai.signal.spec.OptimizerSpec;
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
    long steps = stage.steps().map(Integer::longValue).orElse(stage.epochs() * stepsPerEpoch(data));
    job.listener().noted(DataNote.of(data, source.length()));
    job.listener().trainingStarted(steps);
    OptimizerSpec optimizer = stage.optimizer();
    TrainingOptions options =
        TrainingOptions.of(stage.loss().loss(), optimizer.optimizer(optimizer.learningRate()))
            .withSchedule(all -> stage.schedule().schedule(all))
            .withBatchSize(stage.batchSize())
            .withSteps(steps)
            .withShuffle(source.shuffle())
            .withSeed(job.spec().seed())
            .withListener(step -> heard(job, step));
    TrainingResult result = job.run().train(data, options);
    return new StageResult.Train(
        steps, result.firstLoss(), result.lastLoss(), result.tokens() / result.seconds());
  }

  private long stepsPerEpoch(LaneDataset data) {
    return data.plan(stage.batchSize(), 0, false).stepsPerEpoch();
  }

  private static void heard(JobContext job, TrainingProgress step) {
    TrainBatchResult result = step.result();
    if (!result.optimStep().applied()) {
      job.listener().noted(skipped(step.step(), result));
    }
    job.listener().stepFinished(result.metrics());
  }

  static String skipped(long step, TrainBatchResult result) {
    return String.format(
        Locale.ROOT,
        "step %d changed nothing: loss %s, gradient norm %s",
        step,
        result.forwardBackward().loss(),
        result.optimStep().gradNorm());
  }
}
