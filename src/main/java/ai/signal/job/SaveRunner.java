package ai.signal.job;

import ai.signal.client.SaveMode;
import ai.signal.monitor.StageResult;
import ai.signal.spec.Names;
import java.io.IOException;

/** Publishes the run's adapter, alone or merged into its base model, or its checkpoint. */
final class SaveRunner implements StageRunner {
  private final SaveStage stage;

  SaveRunner(SaveStage stage) {
    this.stage = stage;
  }

  @Override
  public StageResult run(JobContext job) throws IOException {
    String mode = Names.of(stage.mode());
    if (stage.mode() == SaveStage.Mode.STATE) {
      return new StageResult.Save(mode, job.spec().output() + "/" + job.checkpoints().newest());
    }
    String path = job.output().location(mode);
    job.output().remove(mode); // of a driver that died while it saved
    if (stage.mode() == SaveStage.Mode.MERGED) {
      job.run().saveMerged(path, stage.options());
    } else {
      job.run().saveState(SaveMode.ADAPTER, path);
    }
    return new StageResult.Save(mode, job.spec().output() + "/" + mode);
  }
}
