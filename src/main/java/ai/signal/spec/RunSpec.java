package ai.signal.spec;

import ai.signal.cluster.GpuOffer;
import ai.signal.model.DType;
import ai.signal.train.RunConfig;
import java.nio.file.Path;

/**
 * A run: what a job spec says of its one, in the same blocks.
 *
 * @param model the base model
 * @param name shown in the Spark UI
 * @param lora the adapter that is trained
 * @param seed of the adapter's first values, of dropout and of the order of examples
 * @param cluster how the work is cut, whatever the cluster
 * @param tokensPerMicrobatch tokens that one lane computes at a time: what bounds its memory
 * @param activationCheckpointing recompute activations in the backward pass: less memory, more time
 */
public record RunSpec(
    ModelSpec model,
    String name,
    LoraSpec lora,
    long seed,
    ClusterSpec cluster,
    int tokensPerMicrobatch,
    boolean activationCheckpointing) {

  public RunSpec {
    Check.text("name", name);
    Check.atLeast("tokens_per_microbatch", tokensPerMicrobatch, 1);
  }

  public RunSpec(ModelSpec model) {
    this(model, "run", new LoraSpec(), 0, new ClusterSpec(), 4096, false);
  }

  /**
   * With everything that depends on this machine or on the cluster's devices written out.
   *
   * @param offer of Spark
   * @throws SpecException.Value where the devices cannot be had
   */
  public RunSpec resolve(GpuOffer offer) {
    ClusterSpec devices = cluster.resolve(offer);
    Precision precision = model.dtype().resolve(devices.device(), Path.of("/proc/cpuinfo"));
    return new RunSpec(
        new ModelSpec(model.base(), precision),
        name,
        lora,
        seed,
        devices,
        tokensPerMicrobatch,
        activationCheckpointing);
  }

  /** As a client takes it; of a resolved spec. */
  public RunConfig config() {
    return new RunConfig(
        name,
        model.base(),
        DType.ofSpec(Names.of(model.dtype())),
        lora.config(),
        lora.init(),
        seed,
        cluster.lanes(),
        cluster.threads(),
        tokensPerMicrobatch,
        activationCheckpointing,
        cluster.transport(),
        cluster.device(),
        cluster.gpus(),
        cluster.allowMixed());
  }
}
