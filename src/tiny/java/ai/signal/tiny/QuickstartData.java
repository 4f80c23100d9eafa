package ai.signal.tiny;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The quickstart's files: no prompt occurs twice in them, so a held-out prompt is never one of the
 * training file.
 */
final class QuickstartData {
  private static final int TRAINING = 1_000;
  private static final int FAMILIAR = 150;
  private static final int UNFAMILIAR = 50;

  private final Dice dice;
  private final Set<String> prompts = new HashSet<>();

  private QuickstartData(Dice dice) {
    this.dice = dice;
  }

  /** File name to content. */
  static Map<String, String> files(long seed) {
    QuickstartData data = new QuickstartData(Dice.of(seed, 0));
    Map<String, String> files = new LinkedHashMap<>();
    files.put("quickstart-train.jsonl", lines(data.examples(QuestionSkill::familiar, TRAINING)));
    List<QuestionSkill.Example> heldOut =
        new ArrayList<>(data.examples(QuestionSkill::familiar, FAMILIAR));
    heldOut.addAll(data.examples(QuestionSkill::unfamiliar, UNFAMILIAR));
    files.put("quickstart-held-out.jsonl", lines(heldOut));
    List<Map<String, String>> asked = new ArrayList<>();
    asked.addAll(
        data.examples(QuestionSkill::familiar, 2).stream()
            .map(QuickstartData::promptOnly)
            .toList());
    asked.addAll(
        data.examples(QuestionSkill::unfamiliar, 1).stream()
            .map(QuickstartData::promptOnly)
            .toList());
    files.put("quickstart-prompts.jsonl", lines(asked));
    return files;
  }

  private List<QuestionSkill.Example> examples(
      Function<Dice, QuestionSkill.Example> skill, int count) {
    List<QuestionSkill.Example> examples = new ArrayList<>();
    while (examples.size() < count) {
      QuestionSkill.Example example = skill.apply(dice);
      if (prompts.add(example.prompt())) {
        examples.add(example);
      }
    }
    return examples;
  }

  private static Map<String, String> promptOnly(QuestionSkill.Example example) {
    return Map.of("prompt", example.prompt());
  }

  private static String lines(List<?> values) {
    return values.stream().map(Json::line).collect(Collectors.joining());
  }
}
