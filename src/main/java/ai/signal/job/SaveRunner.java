package ai.signal.job;

import ai.signal.client.JobSaves;
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
    SaveMode form = stage.mode() == SaveStage.Mode.MERGED ? SaveMode.MERGED : SaveMode.ADAPTER;
    JobSaves.save(
        job.run().async(), job.output().files(), stage.directory(), form, stage.options());
    return new StageResult.Save(mode, job.spec().output() + "/" + stage.directory());
  }
}
