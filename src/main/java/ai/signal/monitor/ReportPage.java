package ai.signal.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** {@code report.html}: one page that needs nothing from anywhere else. */
public final class ReportPage {
  private static final int ANSWERS = 8;
  private static final int POINTS = 1000;

  private final JobSummary summary;
  private final JobHistory history;
  private final String spec;
  private final StringBuilder html = new StringBuilder();

  private ReportPage(JobSummary summary, JobHistory history, String spec) {
    this.summary = summary;
    this.history = history;
    this.spec = spec;
  }

  /**
   * Writes the page.
   *
   * @param spec the resolved job spec as YAML
   */
  public static String of(JobSummary summary, JobHistory history, String spec) {
    return new ReportPage(summary, history, spec).page();
  }

  private String page() {
    add("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    add("<title>" + Html.escape(summary.name()) + "</title>\n<style>\n" + style() + "</style>\n");
    add("</head>\n<body>\n<main>\n");
    head();
    tiles();
    charts();
    gpus();
    answers();
    stages();
    add("<details><summary>Job spec</summary><pre class=\"card\">");
    add(Html.escape(spec) + "</pre></details>\n</main>\n</body>\n</html>\n");
    return html.toString();
  }

  private void head() {
    add("<header><h1>" + Html.escape(summary.name()) + "</h1>");
    add("<span class=\"status " + summary.status() + "\">" + summary.status() + "</span>");
    add("<span class=\"quiet\">" + Shown.duration(summary.seconds()) + "</span></header>\n");
    summary.error().ifPresent(error -> add("<p class=\"error\">" + Html.escape(error) + "</p>\n"));
  }

  private void tiles() {
    Optional<StageResult.Evaluate> before = history.before();
    Optional<StageResult.Evaluate> after = history.after();
    add("<section class=\"tiles\">\n");
    after.ifPresent(
        last ->
            tile(
                "Held-out loss",
                change(before.map(e -> Shown.loss(e.loss())), Shown.loss(last.loss()))));
    after
        .filter(last -> last.exactMatch().isPresent())
        .ifPresent(
            last ->
                tile(
                    "Exact match",
                    change(
                        before.map(first -> Shown.percent(first.exactMatch())),
                        Shown.percent(last.exactMatch()))));
    history
        .training()
        .ifPresent(
            training -> {
              tile(
                  "Training loss",
                  change(
                      Optional.of(Shown.loss(training.firstLoss())),
                      Shown.loss(training.lastLoss())));
              tile("Training speed", Shown.rate(training.tokensPerSecond()));
            });
    add("</section>\n");
  }

  private void tile(String name, String value) {
    add(
        "<div class=\"card tile\"><span class=\"quiet\">"
            + name
            + "</span><b>"
            + value
            + "</b></div>\n");
  }

  private static String change(Optional<String> before, String after) {
    return before.map(value -> value + " → ").orElse("") + after;
  }

  private void charts() {
    List<StepMetrics> steps = thinned(history.steps());
    if (steps.isEmpty()) {
      return;
    }
    add("<h2>Training</h2>\n<section class=\"charts\">\n");
    add(Chart.draw("Loss (nats per token)", steps, StepMetrics::loss));
    add(Chart.draw("Learning rate", steps, StepMetrics::learningRate));
    add(Chart.draw("Gradient norm before clipping", steps, StepMetrics::gradNorm));
    add(Chart.draw("Tokens per second", steps, StepMetrics::tokensPerSecond));
    add("</section>\n");
  }

  private void gpus() {
    List<String> gpus = GpuSummary.lines(history.steps());
    if (!gpus.isEmpty()) {
      add("<h2>GPUs</h2>\n<div class=\"card\">\n");
      gpus.forEach(gpu -> add("<div>" + Html.escape(gpu) + "</div>\n"));
      add("</div>\n");
    }
  }

  private void answers() {
    List<Comparison> answers = Comparison.of(history, ANSWERS);
    if (answers.isEmpty()) {
      return;
    }
    add("<h2>Held-out prompts</h2>\n");
    for (Comparison answer : answers) {
      add("<section class=\"card answer\"><dl>");
      entry("Prompt", answer.prompt());
      answer.before().ifPresent(text -> entry("Before", text));
      entry("After", answer.after());
      entry("Reference", answer.reference());
      add("</dl></section>\n");
    }
  }

  private void entry(String name, String text) {
    add("<dt>" + name + "</dt><dd>" + Html.escape(text.strip()) + "</dd>");
  }

  private void stages() {
    add("<h2>Stages</h2>\n<div class=\"card scroll\"><table>\n");
    for (StageResult stage : summary.stages()) {
      add("<tr><th>" + stage.stage() + "</th><td class=\"number\">");
      add(Html.escape(Shown.result(stage)) + "</td></tr>\n");
    }
    add("</table></div>\n");
  }

  /** Every k-th step and the last one: a curve has no more pixels. */
  private static List<StepMetrics> thinned(List<StepMetrics> steps) {
    int stride = Math.max(1, (steps.size() + POINTS - 1) / POINTS);
    return IntStream.range(0, steps.size())
        .filter(i -> i % stride == 0 || i == steps.size() - 1)
        .mapToObj(steps::get)
        .toList();
  }

  private static String style() {
    try (InputStream css = ReportPage.class.getResourceAsStream("report.css")) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read report.css", e);
    }
  }

  private void add(String text) {
    html.append(text);
  }
}
