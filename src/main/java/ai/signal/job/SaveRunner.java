package ai.signal.job;

import ai.signal.client.SaveMode;
import ai.signal.monitor.StageResult;
import ai.signal.spec.Names;
import java.io.IOException;

/** Publishes the run's adapter, alone or merged into its base model. */
final class SaveRunner implements StageRunner {
  private final SaveStage stage;

  SaveRunner(SaveStage stage) {
    this.stage = stage;
  }

  @Override
  public StageResult run(JobContext job) throws IOException {
    String mode = Names.of(stage.mode());
    String path = job.output().location(mode);
    job.output().remove(mode); // of a driver that died while it saved
    switch (stage.mode()) {
      case ADAPTER -> job.run().saveState(SaveMode.ADAPTER, path);
      case MERGED -> job.run().saveMerged(path, stage.options());
    }
    return new StageResult.Save(mode, job.spec().output() + "/" + mode);
  }
}
