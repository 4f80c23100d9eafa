package ai.signal.job;

import ai.signal.client.AdapterExport;
import ai.signal.lora.MergedModel;
import ai.signal.model.ModelDirectory;
import java.util.ArrayList;
import java.util.List;

/** Names that a job has to write in its output, whatever else is there. */
final class OutputNames {
  /** A name in each directory that has to be one; nobody has it. */
  private static final String ANY = "/.any";

  private OutputNames() {}

  static List<String> of(JobSpec spec, JobModel model) {
    List<String> names =
        new ArrayList<>(
            List.of(
                OutputDirectory.SPEC,
                OutputDirectory.METRICS,
                OutputDirectory.REPORT,
                OutputDirectory.SUMMARY,
                OutputDirectory.OWNER));
    for (String directory : List.of("written", "data", "quarantine", OutputDirectory.CHECKPOINTS)) {
      names.add(directory + ANY);
    }
    for (int i = 0; i < spec.stages().size(); i++) {
      StageSpec stage = spec.stages().get(i);
      names.add(StageRecords.name(i, StageSpec.name(stage.getClass())));
      if (stage instanceof EvaluateStage) {
        names.add(EvaluateRunner.rows(i));
      } else if (stage instanceof SampleStage) {
        names.add(SampleRunner.rows(i));
      } else if (stage instanceof SaveStage save) {
        saved(save, model).forEach(name -> names.add(save.directory() + "/" + name));
      }
    }
    return names;
  }

  private static List<String> saved(SaveStage save, JobModel model) {
    ModelDirectory base = ModelDirectory.open(model.directory());
    List<String> names = new ArrayList<>();
    if (save.mode() == SaveStage.Mode.ADAPTER) {
      names.addAll(AdapterExport.fileNames(base));
    } else if (save.mode() == SaveStage.Mode.MERGED) {
      MergedModel merged =
          MergedModel.of(
              base,
              model.layout().lora(),
              save.options().dtype(),
              save.options().maxShardSize().bytes());
      names.addAll(merged.weightFiles());
      names.addAll(merged.otherFiles().keySet());
      names.addAll(MergedModel.READ_FIRST);
    }
    return names;
  }
}
