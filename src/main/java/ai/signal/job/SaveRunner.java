package ai.signal.job;

import ai.signal.client.SaveMode;
import ai.signal.monitor.StageResult;
import ai.signal.spec.Names;
import java.io.IOException;

/** Publishes the run's adapter. */
final class SaveRunner implements StageRunner {
  private final SaveStage stage;

  SaveRunner(SaveStage stage) {
    this.stage = stage;
  }

  @Override
  public StageResult run(JobContext job) throws IOException {
    String mode = Names.of(stage.mode());
    job.output().remove(mode); // of a driver that died while it saved
    job.run().saveState(SaveMode.valueOf(stage.mode().name()), job.output().location(mode));
    return new StageResult.Save(mode, job.spec().output() + "/" + mode);
  }
}
