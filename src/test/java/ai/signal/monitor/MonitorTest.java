package ai.signal.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MonitorTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void metricsHaveTheFieldsOfTheContract() throws IOException {
    try (MetricsLog log = new MetricsLog()) {
      log.stepFinished(Jobs.step(1, 2.31, 0.8));
      log.stepFinished(Jobs.step(2, 2.5, Double.NaN));
      log.copy(log.bytes(), bytes);
      assertThat(written().lines())
          .hasSize(2)
          .first()
          .isEqualTo(
              "{\"step\":1,\"epoch\":0.02,\"loss\":2.31,\"learning_rate\":3.0E-4,\"grad_norm\":0.8,"
                  + "\"tokens\":812,\"loss_tokens\":301,\"tokens_per_second\":5589.0,\"seconds\":"
                  + "{\"prepare\":0.01,\"compute\":0.12,\"reduce\":0.03,\"optimize\":0.0}}");
      assertThat(written()).contains("\"step\":2,\"epoch\":0.04,\"loss\":2.5").contains(":null");
    }
  }

  @Test
  void theSummaryHasTheFieldsOfTheContract() {
    JobSummary summary =
        new JobSummary("demo", 12.3456, Jobs.history(2).stages(), Optional.empty());
    assertThat(summary.json())
        .isEqualToIgnoringWhitespace(
            """
            {"name": "demo", "status": "succeeded", "seconds": 12.346, "stages": [
              {"stage": "evaluate", "loss": 3.4121, "exact_match": 0.0},
              {"stage": "train", "steps": 2, "first_loss": 2.913, "last_loss": 0.0342, "tokens_per_second": 10411.7},
              {"stage": "evaluate", "loss": 0.0213, "exact_match": 0.985},
              {"stage": "sample", "completions": 12},
              {"stage": "save", "mode": "adapter", "path": "runs/demo/adapter"}],
             "error": null}
            """);
  }

  @Test
  void aFailedJobSaysWhy() {
    String json = new JobSummary("demo", 1, List.of(), Optional.of("Cannot \"x\"")).json();
    assertThat(json).contains("\"status\" : \"failed\"", "\"error\" : \"Cannot \\\"x\\\"\"");
  }

  @Test
  void plainTextHasNoExactMatch() {
    StageResult text = new StageResult.Evaluate(1.5, Optional.empty(), List.of());
    assertThat(new JobSummary("demo", 1, List.of(text), Optional.empty()).json())
        .contains("\"exact_match\" : null");
    assertThat(Shown.result(text)).isEqualTo("loss 1.5000");
  }

  @Test
  void aLineComesEveryFewSecondsAndAtTheLastStep() {
    long[] now = {0};
    ProgressLines progress = new ProgressLines(out, Duration.ofSeconds(5), () -> now[0]);
    progress.trainingStarted(10, 0);
    for (int step = 1; step <= 10; step++) {
      now[0] += 2_000_000_000L;
      progress.stepFinished(Jobs.step(step, 2.0 / step, 1));
    }
    assertThat(written().lines())
        .containsExactly(
            "      step 3/10 · loss 0.6667 · 406 tokens/s · 14 s left",
            "      step 6/10 · loss 0.3333 · 406 tokens/s · 8.0 s left",
            "      step 9/10 · loss 0.2222 · 406 tokens/s · 2.0 s left",
            "      step 10/10 · loss 0.2000 · 406 tokens/s · 0.0 s left");
  }

  @Test
  void aTerminalGetsOneBarThatRedrawsItself() {
    TerminalProgress progress = new TerminalProgress(out, 100);
    progress.trainingStarted(2, 0);
    progress.stepFinished(Jobs.step(1, 2, 1));
    progress.stepFinished(Jobs.step(2, 1, 1));
    progress.jobFinished();
    assertThat(written()).startsWith("\r").endsWith(System.lineSeparator());
    assertThat(written().lines().toList().toString()).contains("2/2", "loss 1.0000", "100%");
  }

  @Test
  void theTableShowsWhatTrainingChanged() {
    assertThat(ResultTable.lines(Jobs.history(120)))
        .containsExactly(
            "                           before            after",
            "  held-out loss            3.4121           0.0213",
            "  exact match               0.0 %           98.5 %",
            "  training loss            2.9130           0.0342",
            "  training speed                   10,412 tokens/s",
            "",
            "  prompt  Nils gave a rope to Olga. ⏎ Question:",
            "  before  I <b>do</b> not know.",
            "  after   Did Nils give a rope?",
            "",
            "  prompt  Rosa sat. ⏎ Question:",
            "  before  I <b>do</b> not know.",
            "  after   Did Nils give a rope?");
  }

  @Test
  void theTableOfAJobThatOnlySampledIsEmpty() {
    JobHistory history = new JobHistory();
    history.stageFinished(new StageResult.Sample(3, Optional.empty()), 1);
    assertThat(ResultTable.lines(history)).isEmpty();
  }

  @Test
  void durationsReadWell() {
    assertThat(List.of(Shown.duration(8.44), Shown.duration(59.4), Shown.duration(192)))
        .containsExactly("8.4 s", "59 s", "3 min 12 s");
    assertThat(Shown.duration(7500)).isEqualTo("2 h 05 min");
  }

  private String written() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
