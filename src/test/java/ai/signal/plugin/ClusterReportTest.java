package ai.signal.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.cluster.ClusterException;
import ai.signal.cluster.ClusterReport;
import ai.signal.cluster.ComputeDevice;
import ai.signal.cluster.ExecutorReport;
import ai.signal.cluster.Fingerprint;
import ai.signal.cluster.Gpu;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterReportTest {
  private static final Fingerprint AMD =
      new Fingerprint(
          "AuthenticAMD avx2 avx512f avx512_bf16",
          "PyTorch 2.7.1",
          "DJL 0.36.0",
          "Java 17",
          "Signal 0.1.0",
          "no named GPU");
  private static final Fingerprint INTEL =
      new Fingerprint(
          "GenuineIntel avx2",
          "PyTorch 2.7.1",
          "DJL 0.36.0",
          "Java 17",
          "Signal 0.1.0",
          "no named GPU");
  private static final Fingerprint OLD =
      new Fingerprint(
          "AuthenticAMD avx2 avx512f avx512_bf16",
          "PyTorch 2.5.1",
          "DJL 0.33.0",
          "Java 17",
          "Signal 0.1.0",
          "no named GPU");

  @Test
  void oneLineWhereAllAreAlike() {
    assertThat(report(executor("0", AMD, 11.2), executor("1", AMD, 11.2)).lines())
        .containsExactly(
            "2 executors · cpu · AuthenticAMD avx2 avx512f avx512_bf16 · PyTorch 2.7.1 · 11.2 GiB free each");
    assertThat(report(executor("0", AMD, 11.2), executor("1", AMD, 7)).lines())
        .singleElement()
        .asString()
        .endsWith("· at least 7.0 GiB free each");
    assertThat(report(executor("driver", INTEL, 3)).lines())
        .containsExactly("1 executor · cpu · GenuineIntel avx2 · PyTorch 2.7.1 · 3.0 GiB free");
    assertThat(report(gpus("0", List.of("0", "1"))).lines())
        .singleElement()
        .asString()
        .startsWith("1 executor · 2 gpus (NVIDIA A10G 24.0 GiB) · ");
  }

  @Test
  void aLineForEachKindWithAllThatMayDiffer() {
    assertThat(
            report(
                    executor("0", AMD, 11),
                    executor("1", OLD, 11),
                    executor("2", AMD, 10),
                    gpus("3", List.of("0")))
                .lines())
        .containsExactly(
            "2 executors · cpu · AuthenticAMD avx2 avx512f avx512_bf16 · PyTorch 2.7.1 · at least 10.0 GiB free each · DJL 0.36.0 · Java 17 · Signal 0.1.0 (executors 0, 2 on host-0, host-2)",
            "1 executor · cpu · AuthenticAMD avx2 avx512f avx512_bf16 · PyTorch 2.5.1 · 11.0 GiB free · DJL 0.33.0 · Java 17 · Signal 0.1.0 (executor 1 on host-1)",
            "1 executor · 1 gpu (NVIDIA A10G 24.0 GiB) · AuthenticAMD avx2 avx512f avx512_bf16 · PyTorch 2.7.1 · 40.0 GiB free · DJL 0.36.0 · Java 17 · Signal 0.1.0 (executor 3 on host-3)");
  }

  @Test
  void aMixIsRefusedByNameUnlessItIsAllowed() {
    ClusterReport mixed =
        report(
            executor("0", AMD, 11),
            executor("1", INTEL, 11),
            executor("2", AMD, 11),
            executor("3", OLD, 11));
    assertThatThrownBy(() -> mixed.agree(ComputeDevice.AUTO, false))
        .isInstanceOf(ClusterException.class)
        .hasMessage(
            "Cannot compute on executors that differ, executor 1 on host-1: GenuineIntel avx2 instead of AuthenticAMD avx2 avx512f avx512_bf16; executor 3 on host-3: PyTorch 2.5.1 instead of PyTorch 2.7.1, DJL 0.33.0 instead of DJL 0.36.0: results would depend on where a lane runs (use executors of one kind, or set cluster.allow_mixed: true)");
    assertThat(mixed.agree(ComputeDevice.AUTO, true)).isEmpty();
    assertThatThrownBy(
            () ->
                report(executor("0", AMD, 1), executor("1", AMD, 1), gpus("2", List.of("0")))
                    .agree(ComputeDevice.AUTO, false))
        .hasMessageContaining("executor 2 on host-2: NVIDIA A10G 24.0 GiB instead of no named GPU");
    ClusterReport gpusUnused = report(executor("0", AMD, 1), gpus("2", List.of("0")));
    assertThat(gpusUnused.agree(ComputeDevice.CPU, false)).contains(AMD);
    assertThat(
            report(executor("0", AMD, 11), executor("4", AMD, 1)).agree(ComputeDevice.AUTO, false))
        .contains(AMD);
  }

  @Test
  void manyAreNotAllNamed() {
    List<ExecutorReport> many = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      many.add(executor(Integer.toString(i), i < 20 ? OLD : AMD, 11));
    }
    assertThatThrownBy(() -> new ClusterReport(many).agree(ComputeDevice.AUTO, false))
        .hasMessageContaining("executors 0, 1, 2, 3, 4, 5, 6, 7 and 12 more on host-0, ")
        .message()
        .hasSizeLessThan(500);
  }

  @Test
  void anEngineThatDoesNotStartIsAnErrorEvenInAMix() {
    ClusterReport broken =
        report(
            executor("0", AMD, 11),
            new ExecutorReport(
                "1",
                "host-1",
                7,
                1,
                List.of(),
                OLD,
                "Cannot start PyTorch: no disk",
                "17",
                1,
                1,
                false,
                1));
    assertThatThrownBy(() -> broken.agree(ComputeDevice.AUTO, true))
        .isInstanceOf(ClusterException.class)
        .hasMessage("Cannot compute on executor 1 on host-1: Cannot start PyTorch: no disk");
  }

  @Test
  void tooLittleMemoryNamesTheKeys() {
    ClusterReport report = report(executor("0", AMD, 11), executor("1", AMD, 2));
    assertThat(report.shortage(2L << 30)).isEmpty();
    assertThat(report.shortage((2L << 30) + (1 << 29)))
        .contains(
            "executor 1 on host-1 with 2.0 GiB free, the job needs about 2.5 GiB there: give it more (spark.executor.memoryOverhead on YARN and Kubernetes) or lower tokens_per_microbatch");
  }

  @Test
  void executorsOfOneHostShareItsMemoryAndContainersDoNot() {
    assertThat(report(on("a", "0", false), on("a", "1", false), on("b", "2", false)).lines())
        .singleElement()
        .asString()
        .endsWith("at least 4.0 GiB free each");
    assertThat(report(on("a", "0", true), on("a", "1", true)).lines())
        .singleElement()
        .asString()
        .endsWith("· 8.0 GiB free each");
    assertThat(report(on("a", "0", false), on("a", "1", false)).shortage(5L << 30)).isPresent();
  }

  private static ExecutorReport on(String host, String id, boolean ownMemory) {
    return new ExecutorReport(
        id, host, 7, 2, List.of(), AMD, "", "17.0.12", 64L << 30, 8L << 30, ownMemory, 1 << 30);
  }

  private static ClusterReport report(ExecutorReport... executors) {
    return new ClusterReport(List.of(executors));
  }

  private static ExecutorReport executor(String id, Fingerprint fingerprint, double freeGibibytes) {
    return new ExecutorReport(
        id,
        "host-" + id,
        7,
        2,
        List.of(),
        fingerprint,
        "",
        "17.0.12",
        64L << 30,
        (long) (freeGibibytes * (1 << 30)),
        false,
        1 << 30);
  }

  private static ExecutorReport gpus(String id, List<String> addresses) {
    List<Gpu> gpus =
        addresses.stream().map(address -> new Gpu(address, "NVIDIA A10G", 24L << 30, "")).toList();
    return new ExecutorReport(
        id, "host-" + id, 7, 2, gpus, AMD, "", "17.0.12", 64L << 30, 40L << 30, false, 1 << 30);
  }
}
