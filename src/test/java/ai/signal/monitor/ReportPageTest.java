package ai.signal.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReportPageTest {
  @Test
  void needsNothingFromElsewhereAndEscapesWhatModelsWrite() throws IOException {
    JobHistory history = Jobs.history(120);
    JobSummary summary = new JobSummary("demo", 74.2, history.stages(), Optional.empty());
    String page = ReportPage.of(summary, history, "name: <demo>\n");
    Files.writeString(Files.createDirectories(Path.of("target")).resolve("report.html"), page);
    assertThat(page)
        .doesNotContainPattern("(?i)(src|href|url|@import|<script|http)")
        .doesNotContain("<b>do</b>")
        .contains("I &lt;b&gt;do&lt;/b&gt; not know.", "name: &lt;demo&gt;")
        .contains("3.4121 → 0.0213", "0.0 % → 98.5 %", "10,412 tokens/s", "1 min 14 s");
    assertThat(Pattern.compile("<svg ").matcher(page).results()).hasSize(4);
    assertThat(Pattern.compile("class=\"card answer\"").matcher(page).results()).hasSize(2);
  }

  @Test
  void drawsOneLineToEveryFiniteStep() {
    JobHistory history = new JobHistory();
    history.stepFinished(Jobs.step(1, 2, 1));
    history.stepFinished(Jobs.step(2, 1, Double.POSITIVE_INFINITY));
    history.stepFinished(Jobs.step(3, 0, 0.5));
    assertThat(Chart.draw("Loss", history.steps(), StepMetrics::loss))
        .contains("d=\"M52.0 10.0L260.0 93.0L468.0 176.0\"");
    assertThat(Chart.draw("Norm", history.steps(), StepMetrics::gradNorm))
        .contains("d=\"M52.0 10.0M468.0 93.0\"");
  }

  @Test
  void showsWhatStoppedAJobThatDidNothing() {
    JobSummary summary =
        new JobSummary("demo", 1, new JobHistory().stages(), Optional.of("Cannot read <x>"));
    assertThat(ReportPage.of(summary, new JobHistory(), ""))
        .contains("class=\"status failed\"", "Cannot read &lt;x&gt;")
        .doesNotContain("<svg", "NaN", "null");
  }

  @Test
  void thinsLongRunsToWhatAScreenShows() {
    JobHistory history = Jobs.history(25_000);
    JobSummary summary = new JobSummary("demo", 1, history.stages(), Optional.empty());
    assertThat(ReportPage.of(summary, history, "")).hasSizeLessThan(100_000).contains(">25000<");
  }
}
