package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot work together is refused before anything starts, by the command line. */
class StagesOfOneRunTest {
  private static final String RL = "jobs/rl.yaml";
  private static final String TRAIN =
      "stages.0={train: {data: {path: data/quickstart-train.jsonl}, optimizer: {name: %s}, tokens_per_microbatch: %d}}";

  private static String refused(String job, String... overrides) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> args = new ArrayList<>(List.of("--dry-run", job));
    args.addAll(List.of(overrides));
    PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    int status =
        SignalJob.execute(
            out, new PrintStream(err, true, StandardCharsets.UTF_8), args.toArray(String[]::new));
    return status + " " + err.toString(StandardCharsets.UTF_8).strip();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sgd | 4096 | stages.1.reinforce.optimizer.name = adamw is refused, allowed: that of the first stage that"
            + " learns: sgd",
        "adamw | 512 | stages.1.reinforce.tokens_per_microbatch = 4096 is refused, allowed: that of the first"
            + " stage that learns: 512"
      })
  void stagesThatLearnShareARun(String optimizer, int tokens, String message) {
    assertThat(refused(RL, TRAIN.formatted(optimizer, tokens)))
        .isEqualTo("2 Invalid job spec " + RL + ": " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: matches} | pattern = null is refused, allowed: a regular expression for matches, and nothing else",
        "{name: exact_match, pattern: a} | pattern = a is refused, allowed: a regular expression for matches, and"
            + " nothing else",
        "{name: matches, pattern: '('} | pattern = '(' is refused: Unclosed group",
        "{name: class} | class_name = null is refused, allowed: a class for class, and nothing else",
        "{name: class, class_name: java.lang.String} | class_name = 'java.lang.String' is refused: it is no Reward"
            + " that can be made: java.lang.ClassCastException: class java.lang.String"
      })
  void rewardsThatCannotBeMade(String reward, String message) {
    assertThat(refused(RL, "stages.1.reinforce.reward=" + reward))
        .isEqualTo("2 Invalid job spec " + RL + ": stages.1.reinforce.reward." + message);
  }

  @Test
  void aStateIsOfARunThatHasLearned() {
    assertThat(refused("jobs/quickstart.yaml", "stages.0={save: {mode: state}}"))
        .endsWith(
            "stages.0.save.mode = state is refused, allowed: after the last stage that learns: train, reinforce");
  }

  @ParameterizedTest
  @CsvSource({"evaluate", "train"})
  void pairsAreForDpoAlone(String stage) {
    String stages =
        "stages.0={%s: {data: {path: data/requests-preferences.jsonl, format: preference}}}";
    assertThat(refused(RL, stages.formatted(stage)))
        .contains("stages.0." + stage + ".data.format = preference is refused");
  }
}
