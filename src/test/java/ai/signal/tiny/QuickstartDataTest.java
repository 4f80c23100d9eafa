package ai.signal.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuickstartDataTest {
  private static final Map<String, String> FILES = QuickstartData.files(3);
  private static final List<JsonNode> TRAINING = rows("quickstart-train.jsonl");
  private static final List<JsonNode> HELD_OUT = rows("quickstart-held-out.jsonl");

  @Test
  void noHeldOutPromptStandsInTheTrainingFile() {
    assertThat(TRAINING)
        .hasSize(1_000)
        .extracting(row -> row.get("prompt").asText())
        .doesNotHaveDuplicates();
    assertThat(HELD_OUT)
        .hasSize(200)
        .extracting(row -> row.get("prompt").asText())
        .doesNotHaveDuplicates()
        .doesNotContainAnyElementsOf(
            TRAINING.stream().map(row -> row.get("prompt").asText()).toList());
  }

  @Test
  void aQuarterOfTheHeldOutExamplesIsAboutPeopleUnseenInTraining() {
    String training = FILES.get("quickstart-train.jsonl");
    assertThat(HELD_OUT)
        .filteredOn(row -> !training.contains(" " + name(row) + " "))
        .hasSize(50)
        .allMatch(row -> List.of("Clara", "Hugo", "Nils", "Vera").contains(name(row)));
  }

  @Test
  void theQuestionKeepsTheWordsOfTheStatement() {
    assertThat(HELD_OUT)
        .allSatisfy(
            row -> {
              String statement = row.get("prompt").asText();
              assertThat(statement).endsWith(".\nQuestion:");
              String question = row.get("completion").asText();
              assertThat(question)
                  .matches(
                      " Did [A-Z][a-z]+ (give|lend|sell|show|bring) a .* to [A-Z][a-z]+ at the [a-z]+ on [A-Z][a-z]+day\\?");
              assertThat(words(statement))
                  .containsAll(
                      words(question.replaceAll(" Did |(give|lend|sell|show|bring) ", "")));
            });
  }

  @Test
  void threePromptsToShow() {
    assertThat(rows("quickstart-prompts.jsonl"))
        .hasSize(3)
        .allMatch(row -> row.size() == 1 && row.has("prompt"));
  }

  /** Where a sentence starts with "At" or "On", the other has it in the middle. */
  private static List<String> words(String text) {
    return List.of(text.toLowerCase(Locale.ROOT).split("[ .?\n]+"));
  }

  /** Who acts in a held-out example: the first word of the question's subject. */
  private static String name(JsonNode row) {
    return row.get("completion").asText().split(" ", 4)[2];
  }

  private static List<JsonNode> rows(String file) {
    return FILES.get(file).lines().map(QuickstartDataTest::row).toList();
  }

  private static JsonNode row(String line) {
    try {
      return Json.MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError(line, e);
    }
  }
}
