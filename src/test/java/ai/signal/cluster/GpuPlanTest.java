package ai.signal.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.cluster.MemoryEstimate.Adapter;
import ai.signal.cluster.MemoryEstimate.Work;
import ai.signal.model.DType;
import ai.signal.model.ModelConfig;
import ai.signal.model.RopeScaling;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GpuPlanTest {
  private static final long GIB = 1L << 30;
  private static final ModelConfig LLAMA_3_8B = llama3(4096, 14336, 32, 32);
  private static final ModelConfig LLAMA_3_70B = llama3(8192, 28672, 80, 64);

  private static ModelConfig llama3(int hidden, int intermediate, int layers, int heads) {
    return new ModelConfig(
        hidden,
        intermediate,
        layers,
        heads,
        8,
        128,
        128_256,
        8192,
        1e-5,
        500_000,
        new RopeScaling.None(),
        false,
        false,
        false,
        List.of(2));
  }

  private static GpuPlan plan(ModelConfig model, int tokens, String gpus, int offered, int gib) {
    MemoryEstimate memory =
        MemoryEstimate.of(
            model, DType.BFLOAT16, new Adapter(40_000_000, 0), new Work(1, 2, tokens, true));
    return GpuPlan.of(
        GpuRequest.parse(gpus),
        offered,
        gib * GIB,
        model.layers(),
        count -> memory.gpu(model, count));
  }

  @ParameterizedTest
  @CsvSource({
    // bfloat16 weights alone: 15.0 GiB of the 8B model, 131.4 of the 70B
    "8B, 4096, auto, 1, 24, 1",
    "8B, 4096, auto, 8, 80, 1",
    "8B, 4096, auto, 4, 16, 2",
    "8B, 4096, 4, 4, 80, 4",
    "70B, 1024, auto, 8, 80, 2",
    "70B, 1024, auto, 8, 40, 4",
    "70B, 1024, auto, 8, 24, 7",
    "70B, 1024, 8, 8, 0, 8"
  })
  void asFewAsHoldTheModelOrAsManyAsAsked(
      String model, int tokens, String request, int offered, int gib, int expected) {
    ModelConfig config = model.equals("8B") ? LLAMA_3_8B : LLAMA_3_70B;
    GpuPlan plan = plan(config, tokens, request, offered, gib);
    assertThat(plan.gpus()).isEqualTo(expected);
    assertThat(plan.needed()).isGreaterThan(config.parameters() * 2 / expected);
    if (gib > 0) {
      assertThat(plan.needed()).isLessThanOrEqualTo(gib * GIB);
    }
  }

  @Test
  void whatCannotBeMetIsRefusedWithTheNumbers() {
    assertThatThrownBy(() -> plan(LLAMA_3_70B, 1024, "auto", 2, 24))
        .isInstanceOf(ClusterException.class)
        .hasMessageMatching(
            "Cannot allocate cluster.gpus = auto: the job needs about (69|7\\d)\\.\\d GiB on each of 2 and each has 24.0 GiB; lower tokens_per_microbatch, set activation_checkpointing: true, or use more or larger GPUs");
    assertThatThrownBy(() -> plan(LLAMA_3_70B, 1024, "A100-40GB:2", 8, 40))
        .hasMessageMatching(
            "Cannot allocate cluster.gpus = A100-40GB:2: the job needs about \\S+ GiB on each of 2 and each has 40.0 GiB, about \\S+ GiB on each of 8; .*");
    assertThatThrownBy(() -> plan(LLAMA_3_8B, 1024, "33", 64, 80))
        .hasMessage(
            "Cannot allocate cluster.gpus = 33: a GPU holds whole layers, and the model has 32");
    assertThatThrownBy(() -> plan(LLAMA_3_8B, 1024, "auto", 2, 0))
        .hasMessageContaining("their memory is not known");
  }

  @Test
  void requestsOfASpec() {
    assertThat(GpuRequest.parse("auto").count()).isZero();
    assertThat(GpuRequest.parse("2").count()).isEqualTo(2);
    assertThat(GpuRequest.parse("A100-80GB:2").memory()).isEqualTo(80 * GIB);
    assertThat(GpuRequest.parse("t4:1")).hasToString("T4-16GB:1");
    for (String text : List.of("auto", "2", "A100-80GB:2", "T4:1", "RTX4090-24GB:8")) {
      GpuRequest request = GpuRequest.parse(text);
      assertThat(GpuRequest.parse(request.toString())).isEqualTo(request);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1000", "2.5", "", "A100-80GB", "A100-80:2", "A100-80GB:0"})
  void otherTextsAreRefused(String text) {
    assertThatThrownBy(() -> GpuRequest.parse(text)).hasMessage(GpuRequest.ALLOWED);
  }

  @Test
  void aModelOfSeveralSizesNeedsOne() {
    assertThatThrownBy(() -> GpuRequest.parse("A100:2"))
        .hasMessage("the model with its memory, such as A100-80GB:2");
  }

  @Test
  void kindsAreThoseThatTheDriverNames() {
    Gpu a100 = new Gpu("0", "NVIDIA A100-SXM4-80GB", 81_920L << 20, "");
    Gpu a10g = new Gpu("0", "NVIDIA A10G", 23_028L << 20, "");
    Gpu nameless = new Gpu("0", "", 0, "");
    assertThat(GpuRequest.parse("A100-80GB:1").accepts(a100)).isTrue();
    assertThat(GpuRequest.parse("A100-40GB:1").accepts(a100)).isFalse();
    assertThat(GpuRequest.parse("A10:1").accepts(a10g)).isFalse();
    assertThat(GpuRequest.parse("A10G:1").accepts(a10g)).isTrue();
    assertThat(GpuRequest.parse("A10G:1").accepts(nameless)).isFalse();
    assertThat(GpuRequest.parse("1").accepts(nameless)).isTrue();
  }

  @Test
  void whatSparkOffersIsInItsSettings() {
    SparkConf cluster = new SparkConf(false).set("spark.master", "spark://host:7077");
    assertThat(GpuOffer.of(cluster).perExecutor()).isZero();
    cluster.set("spark.executor.resource.gpu.amount", "4");
    assertThat(GpuOffer.of(cluster).perExecutor()).isEqualTo(4);
    assertThat(GpuOffer.of(cluster.clone().set("spark.master", "local[2]")).perExecutor()).isZero();
    assertThat(
            GpuOffer.of(
                    new SparkConf(false)
                        .set("spark.master", "local[*,4]")
                        .set("spark.driver.resource.gpu.amount", "1"))
                .perExecutor())
        .isEqualTo(1);
    cluster.set("spark.task.resource.gpu.amount", "0.25");
    GpuOffer.of(cluster).check(ComputeDevice.CPU, GpuRequest.AUTO);
    assertThatThrownBy(() -> GpuOffer.of(cluster).check(ComputeDevice.AUTO, GpuRequest.AUTO))
        .hasMessageContaining("spark.task.resource.gpu.amount = 0.25");
  }

  @Test
  void requestsAreHeldAgainstTheOfferBeforeThereAreExecutors() {
    GpuOffer none = new GpuOffer(0, "key", 1);
    none.check(ComputeDevice.AUTO, GpuRequest.AUTO);
    none.check(ComputeDevice.CPU, GpuRequest.AUTO);
    assertThatThrownBy(() -> none.check(ComputeDevice.GPU, GpuRequest.AUTO))
        .hasMessageContaining("Spark gives executors none (set key and a discovery script");
    assertThatThrownBy(() -> none.check(ComputeDevice.AUTO, GpuRequest.parse("1")))
        .hasMessageContaining("Spark gives executors none");
    GpuOffer two = new GpuOffer(2, "key", 1);
    two.check(ComputeDevice.AUTO, GpuRequest.parse("2"));
    assertThatThrownBy(() -> two.check(ComputeDevice.CPU, GpuRequest.parse("1")))
        .hasMessageContaining("cluster.device is cpu");
    assertThatThrownBy(() -> two.check(ComputeDevice.GPU, GpuRequest.parse("3")))
        .hasMessageContaining("an executor has 2 (key)");
  }

  /** Falling back to the CPU would be a surprise that takes days. */
  @Test
  void gpusThatSparkOffersAndNobodyHasAreAnError() {
    ClusterReport none =
        new ClusterReport(
            List.of(
                new ExecutorReport(
                    "1",
                    "host",
                    7,
                    2,
                    List.of(),
                    Fingerprint.withoutEngine(),
                    "",
                    "17",
                    GIB,
                    GIB,
                    false,
                    GIB)));
    assertThatThrownBy(
            () ->
                GpuPlan.of(
                    ComputeDevice.AUTO,
                    GpuRequest.AUTO,
                    none,
                    new GpuOffer(1, "key", 1),
                    4,
                    n -> 1))
        .hasMessageContaining("Cannot compute on GPUs: Spark gives executors none (set key");
    assertThat(
            GpuPlan.of(
                ComputeDevice.AUTO, GpuRequest.AUTO, none, new GpuOffer(0, "key", 1), 4, n -> 1))
        .isEqualTo(GpuPlan.CPU);
  }

  @Test
  void oneLaneForEachReplica() {
    // A share of a GPU is what two tasks of half the cores could get (SPARK-45527).
    for (int cores = 1; cores < 20; cores++) {
      int cpus = LaneResources.gpus(1, 1, cores).cpus();
      assertThat(2 * cpus).isGreaterThan(cores);
      assertThat(cpus).isLessThanOrEqualTo(cores);
    }
    assertThat(LaneResources.gpus(2, 4, 16)).isEqualTo(new LaneResources(2, 8));
    assertThat(LaneResources.gpus(1, 4, 2)).isEqualTo(new LaneResources(1, 1));
  }

  @Test
  void coresAreThoseThatTheExecutorWasStartedWith() {
    String command =
        "org.apache.spark.executor.CoarseGrainedExecutorBackend --executor-id 3 --cores 5 --app-id a";
    assertThat(ExecutorCores.of(0, command, 16)).isEqualTo(5);
    assertThat(ExecutorCores.of(0, "ai.signal.job.SignalJob --cores 5", 16)).isEqualTo(16);
    assertThat(ExecutorCores.of(4, "", 16)).isEqualTo(4);
    assertThat(ExecutorCores.of(4, "", 2)).isEqualTo(2);
  }
}
