package ai.signal.job;

import ai.signal.cluster.GpuOffer;
import ai.signal.model.ModelConfig;
import ai.signal.spec.Check;
import ai.signal.spec.ClusterSpec;
import ai.signal.spec.LoraSpec;
import ai.signal.spec.ModelSpec;
import ai.signal.spec.Precision;
import ai.signal.spec.SpecException;
import java.nio.file.Path;
import java.util.List;

/**
 * A job: one base model, one adapter, and stages that run in their order.
 *
 * <p>Each record of a spec has one short constructor: what it takes is required, the rest are the
 * defaults.
 *
 * @param name shown in the Spark UI; letters, digits, '.', '_' and '-'
 * @param model the base model
 * @param lora the adapter that is trained
 * @param output the directory for everything that the job writes
 * @param seed the root of all randomness of the job
 * @param cluster how the work is cut, whatever the cluster
 * @param stages at least one
 */
record JobSpec(
    String name,
    ModelSpec model,
    LoraSpec lora,
    String output,
    long seed,
    ClusterSpec cluster,
    List<StageSpec> stages) {

  JobSpec {
    if (name == null || !name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new SpecException.Value("name", name, "letters, digits, '.', '_' and '-'");
    }
    Check.location("output", output);
    stages = List.copyOf(stages);
    if (stages.isEmpty()) {
      throw new SpecException.Value("stages", "[]", "at least one of " + StageSpec.NAMES);
    }
  }

  JobSpec(String name, ModelSpec model, String output, List<StageSpec> stages) {
    this(name, model, new LoraSpec(), output, 0, new ClusterSpec(), stages);
  }

  /**
   * With everything that depends on this machine, on the cluster's devices or on the model written
   * out.
   *
   * @param offer of Spark
   */
  JobSpec resolve(ModelConfig base, GpuOffer offer) {
    ClusterSpec devices = cluster.resolve(offer);
    Precision precision = model.dtype().resolve(devices.device(), Path.of("/proc/cpuinfo"));
    List<StageSpec> resolved =
        stages.stream().map(stage -> stage.resolve(base.maxPositions())).toList();
    return new JobSpec(
        name, new ModelSpec(model.base(), precision), lora, output, seed, devices, resolved);
  }
}
