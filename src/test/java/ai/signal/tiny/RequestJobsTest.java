package ai.signal.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.ChildJvm;
import ai.signal.job.SignalJob;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** jobs/dpo.yaml and jobs/rl.yaml teach builtin:tiny manners, as the command line runs them. */
class RequestJobsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private JsonNode run(String job) throws IOException {
    Path output = directory.resolve(job);
    ChildJvm.run(
        Map.of(),
        List.of("-Dspark.master=local[2]", "-Dspark.ui.enabled=false"),
        SignalJob.class,
        "jobs/%s.yaml".formatted(job),
        "output=" + output);
    return JSON.readTree(output.resolve("summary.json").toFile()).get("stages");
  }

  private List<JsonNode> rows(String job, int stage) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    Path file = directory.resolve(job + "/samples/stage-%d.jsonl".formatted(stage));
    for (String line : Files.readAllLines(file)) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  /** The share of sampled answers that are well formed, with what was asked. */
  private double grammatical(String job, int stage) throws IOException {
    Grammar grammar = new Grammar();
    List<JsonNode> rows = rows(job, stage);
    long passed =
        rows.stream()
            .map(row -> row.get("prompt").asText() + row.get("completion").asText())
            .filter(text -> grammar.judge(text).passed())
            .count();
    return (double) passed / rows.size();
  }

  @Test
  void preferencesTurnWhatTheModelSays() throws IOException {
    JsonNode stages = run("dpo");
    double before = stages.get(0).get("reward").asDouble();
    double after = stages.get(2).get("reward").asDouble();
    double grammatical = grammatical("dpo", 2);
    System.out.printf(
        Locale.ROOT, "dpo: %.2f to %.2f preferred, %.2f grammatical%n", before, after, grammatical);
    assertThat(before).isLessThan(0.2);
    assertThat(after).isGreaterThan(0.9);
    assertThat(grammatical).isGreaterThan(0.9);
  }

  @Test
  void rewardsTurnWhatTheModelSays() throws IOException {
    JsonNode stages = run("rl");
    double before = stages.get(0).get("reward").asDouble();
    double after = stages.get(2).get("reward").asDouble();
    System.out.printf(
        Locale.ROOT,
        "rl: %.2f to %.2f rewarded in %d steps, %.2f grammatical%n",
        before,
        after,
        stages.get(1).get("steps").asInt(),
        grammatical("rl", 2));
    assertThat(before).isLessThan(0.2);
    assertThat(after).isGreaterThan(0.9);
    JsonNode step = JSON.readTree(Files.readAllLines(directory.resolve("rl/metrics.jsonl")).get(0));
    assertThat(step.get("reward").asDouble())
        .isEqualTo(stages.get(1).get("first_reward").asDouble());
    assertThat(step.get("ratio").asDouble()).isBetween(0.9, 1.1);
  }

  @Test
  void heldOutRequestsAreByPeopleThatTrainingNeverMentions() throws IOException {
    Set<String> training = new HashSet<>();
    for (String file : List.of("requests-prompts.jsonl", "requests-preferences.jsonl")) {
      for (String line : Files.readAllLines(TinyFiles.DATA.resolve(file))) {
        training.add(JSON.readTree(line).get("prompt").asText());
      }
    }
    assertThat(Files.readAllLines(TinyFiles.DATA.resolve("requests-held-out.jsonl")))
        .hasSize(100)
        .allMatch(line -> line.matches(".*(Clara|Hugo|Nils|Vera).*"));
    assertThat(training).noneMatch(prompt -> prompt.matches(".*(Clara|Hugo|Nils|Vera).*"));
  }
}
