package ai.signal.job;

import ai.signal.client.SaveMode;
import ai.signal.monitor.StageResult;
import ai.signal.spec.Names;

/** Publishes the run's adapter. */
final class SaveRunner implements StageRunner {
  private final SaveStage stage;

  SaveRunner(SaveStage stage) {
    this.stage = stage;
  }

  @Override
  public StageResult run(JobContext job) {
    String mode = Names.of(stage.mode());
    job.run().saveState(SaveMode.valueOf(stage.mode().name()), job.output().location(mode));
    return new StageResult.Save(mode, job.spec().output() + "/" + mode);
  }
}
