package ai.signal.job;

import ai.signal.cluster.GpuOffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** What {@code submit.sh --dry-run} does with a spec, with its exceptions. */
public final class SpecUse {
  private SpecUse() {}

  /**
   * Reads, checks and plans.
   *
   * @param output stands for {@code OUT} in the spec
   */
  public static void dryRun(Path file, Path output, List<String> overrides) throws Exception {
    List<String> all = new ArrayList<>(overrides);
    if (Files.readString(file, StandardCharsets.ISO_8859_1).contains("OUT")) {
      all.add(0, "output=" + output);
    }
    JobSpec spec = SpecReader.read(file, all);
    JobModel model = JobModel.of(spec);
    GpuOffer offer = GpuOffer.of(SparkJob.conf());
    JobSpec resolved = spec.resolve(model.config(), offer);
    Preflight.check(resolved, model, offer);
    Plan.of(resolved, model);
    if (Locations.isLocal(resolved.output())) {
      try (OutputDirectory directory =
          OutputDirectory.open(resolved.output(), new Configuration())) {
        OutputState.todo(directory, resolved, OutputNames.of(resolved, model), false);
      }
    }
  }
}
