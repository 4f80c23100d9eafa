package ai.signal.train;

import ai.signal.cluster.ComputeDevice;
import ai.signal.cluster.GpuRequest;
import ai.signal.cluster.Transport;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.storage.Location;
import java.util.List;
import java.util.Optional;

/**
 * What decides a run's numbers. The cluster does not.
 *
 * @param name what people call it, in the Spark UI and in messages
 * @param base the base model: {@code builtin:tiny} or a Hugging Face directory
 * @param dtype what the base model computes in
 * @param lora the adapter
 * @param init a PEFT adapter directory to start from, instead of a seeded one
 * @param seed of the adapter's first values and of dropout
 * @param lanes logical data-parallel workers
 * @param threads intra-op threads of one lane
 * @param tokensPerMicrobatch tokens that go through the model at once
 * @param activationCheckpointing keep layer inputs only and compute layers again in backward: less
 *     memory, a third more time
 * @param transport of lanes' gradients to where they are summed
 * @param device where lanes compute
 * @param gpus that a replica is spread over, where it computes on GPUs
 * @param allowMixed whether executors may differ in instruction set or library versions: results
 *     then depend on which of them computes a lane
 */
public record RunConfig(
    String name,
    String base,
    DType dtype,
    LoraConfig lora,
    Optional<String> init,
    long seed,
    int lanes,
    int threads,
    int tokensPerMicrobatch,
    boolean activationCheckpointing,
    Transport transport,
    ComputeDevice device,
    GpuRequest gpus,
    boolean allowMixed) {

  public RunConfig {
    positive("lanes", lanes);
    positive("threads", threads);
    positive("tokens_per_microbatch", tokensPerMicrobatch);
    base = Location.of("Cannot create run", base).toString();
    init = init.map(adapter -> Location.of("Cannot create run", adapter).toString());
  }

  private static void positive(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "Cannot create run: " + key + " is " + value + ", it must be 1 or more");
    }
  }

  /** A run on a base model, with the defaults of a job spec. */
  public static Builder of(String base) {
    return new Builder(base);
  }

  /** Collects what differs from the defaults. */
  public static final class Builder {
    private final String base;
    private String name = "run";
    private DType dtype = DType.FLOAT32;
    private LoraConfig lora = new LoraConfig(32, 64, 0, List.of("all-linear"));
    private Optional<String> init = Optional.empty();
    private long seed;
    private int lanes = 2;
    private int threads = 1;
    private int tokensPerMicrobatch = 4096;
    private boolean activationCheckpointing;
    private Transport transport = Transport.FLOAT32;
    private ComputeDevice device = ComputeDevice.AUTO;
    private GpuRequest gpus = GpuRequest.AUTO;
    private boolean allowMixed;

    private Builder(String base) {
      this.base = Location.of("Cannot create run", base).toString();
    }

    public Builder name(String value) {
      name = value;
      return this;
    }

    public Builder dtype(DType value) {
      dtype = value;
      return this;
    }

    public Builder lora(LoraConfig value) {
      lora = value;
      return this;
    }

    public Builder init(String peftDirectory) {
      init = Optional.of(Location.of("Cannot create run", peftDirectory).toString());
      return this;
    }

    public Builder seed(long value) {
      seed = value;
      return this;
    }

    public Builder lanes(int value) {
      lanes = value;
      return this;
    }

    public Builder threads(int value) {
      threads = value;
      return this;
    }

    public Builder tokensPerMicrobatch(int value) {
      tokensPerMicrobatch = value;
      return this;
    }

    public Builder activationCheckpointing(boolean value) {
      activationCheckpointing = value;
      return this;
    }

    public Builder transport(Transport value) {
      transport = value;
      return this;
    }

    public Builder device(ComputeDevice value) {
      device = value;
      return this;
    }

    public Builder gpus(GpuRequest value) {
      gpus = value;
      return this;
    }

    public Builder allowMixed(boolean value) {
      allowMixed = value;
      return this;
    }

    public RunConfig build() {
      return new RunConfig(
          name,
          base,
          dtype,
          lora,
          init,
          seed,
          lanes,
          threads,
          tokensPerMicrobatch,
          activationCheckpointing,
          transport,
          device,
          gpus,
          allowMixed);
    }
  }
}
