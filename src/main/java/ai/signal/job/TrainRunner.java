package ai.signal.job;

import ai.signal.client.SignalFuture;
import ai.signal.client.TrainBatchResult;
import ai.signal.client.TrainingOptions;
import ai.signal.client.TrainingResult;
import ai.signal.data.DataSpec;
import ai.signal.data.LaneDataset;
import ai.signal.monitor.StageResult;
import ai.signal.spec.OptimizerSpec;
import java.util.Locale;
import java.util.Optional;

/** Trains the run's adapter: forward_backward and optim_step, step after step. */
final class TrainRunner implements StageRunner {
  private final TrainStage stage;
  private final int index;

  TrainRunner(TrainStage stage, int index) {
    this.stage = stage;
    this.index = index;
  }

  @Override
  public StageResult run(JobContext job) {
    LaneDataset data =
        LaneDataset.prepare(
            job.spark(),
            stage.dataSpec(),
            job.spec().model().base(),
            job.spec().cluster().lanes(),
            job.output().location());
    long steps = stage.steps().map(Integer::longValue).orElse(stage.epochs() * stepsPerEpoch(data));
    job.listener().noted(DataNote.of(data, stage.data().length(), stage.data().onLong()));
    Optional<HeldOut> heldOut = stage.evaluate().map(held -> heldOut(job, held.data()));
    Progress before = job.checkpoints().begin(index, stage.checkpoint(), data.content());
    TrainSteps training = new TrainSteps(job, stage, steps, before, heldOut);
    training.begin();
    if (!before.finished()) {
      SignalFuture<TrainingResult> result =
          job.run().async().train(data, options(job, steps, training));
      job.checkpoints().onStop(result::cancel);
      result.result();
      job.checkpoints().await();
    }
    Progress end = training.progress();
    job.checkpoints().requireGoing(); // a signal that came meanwhile is told instead
    Diverged.require(job, "stages.%d.train".formatted(index), stage.optimizer(), end);
    return new StageResult.Train(
        steps, end.first(), end.last(), end.tokens() / Math.max(1e-9, end.seconds()));
  }

  private TrainingOptions options(JobContext job, long steps, TrainSteps training) {
    OptimizerSpec optimizer = stage.optimizer();
    return TrainingOptions.of(stage.loss().loss(), optimizer.optimizer(optimizer.learningRate()))
        .withSchedule(all -> stage.schedule().schedule(all))
        .withBatchSize(stage.batchSize())
        .withSteps(steps)
        .withShuffle(stage.data().shuffle())
        .withSeed(job.spec().seed())
        .withFirstStep(training.progress().steps())
        .withSubmitted(training::submitted)
        .withListener(training::heard);
  }

  private long stepsPerEpoch(LaneDataset data) {
    return data.plan(stage.batchSize(), 0, false).stepsPerEpoch();
  }

  private HeldOut heldOut(JobContext job, EvaluationData data) {
    DataSpec records =
        data.spec(stage.loss().name().records(data.format()), stage.loss().loss().inputs());
    return HeldOut.prepare(job, records, data.length(), stage.loss().loss());
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
