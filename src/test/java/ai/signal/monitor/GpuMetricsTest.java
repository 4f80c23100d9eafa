package ai.signal.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GpuMetricsTest {
  private static final GpuReading KNOWN = new GpuReading("2", 1, 71234, 81559, 97, 61, 402.17);
  private static final GpuReading PARTLY =
      new GpuReading("2", 1, 75000, 81559, 91, Double.NaN, Double.NaN);

  @Test
  void aStepSaysWhatIsKnownAndNullForWhatIsNot() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MetricsLog log = new MetricsLog()) {
      log.stepFinished(Jobs.on(PARTLY, Jobs.step(1, 2, 1)));
      log.stepFinished(Jobs.step(2, 2, 1));
      log.copy(log.bytes(), bytes);
    }
    List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines.get(0))
        .endsWith(
            "\"gpus\":[{\"executor\":\"2\",\"index\":1,\"memory_used_mib\":75000.0,\"memory_total_mib\":81559.0,"
                + "\"utilization_percent\":91.0,\"temperature_c\":null,\"power_w\":null}]}");
    assertThat(lines.get(1)).doesNotContain("gpus");
  }

  @Test
  void theReportHasALineForEachGpuAndNoneWhereThereAreNone() {
    JobHistory history = new JobHistory();
    JobSummary summary = new JobSummary("demo", 1, List.of(), Optional.empty());
    history.stepFinished(Jobs.step(1, 2, 1));
    assertThat(ReportPage.of(summary, history, "")).doesNotContain("GPU");

    history.stepFinished(Jobs.on(KNOWN, Jobs.step(2, 2, 1)));
    history.stepFinished(Jobs.on(PARTLY, Jobs.step(3, 2, 1)));
    history.stepFinished(
        Jobs.on(
            new GpuReading("10", 0, 5, Double.NaN, Double.NaN, Double.NaN, Double.NaN),
            Jobs.step(4, 2, 1)));
    assertThat(GpuSummary.lines(history.steps()))
        .containsExactly(
            "Executor 2 · GPU 1 · 81,559 MiB · up to 75,000 MiB used · utilisation 94 % on average · up to 61 °C · 402 W on average",
            "Executor 10 · GPU 0 · up to 5 MiB used");
    assertThat(ReportPage.of(summary, history, ""))
        .contains("<div>Executor 10 · GPU 0 · up to 5 MiB used</div>");
  }
}
