package ai.signal.tiny;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Files for jobs that teach builtin:tiny manners, which it does not have: somebody asks for
 * something, and kind answers are the wanted ones. Held-out requests are made by people who never
 * occur in the others.
 */
final class RequestData {
  private static final int PAIRS = 400;
  private static final int PROMPTS = 200;
  private static final int HELD_OUT = 100;
  private static final List<String> NEW_NAMES = List.of("Clara", "Hugo", "Nils", "Vera");

  private final Dice dice;
  private final Set<String> prompts = new HashSet<>();

  private RequestData(Dice dice) {
    this.dice = dice;
  }

  /** File name to content. */
  static Map<String, String> files(long seed) {
    RequestData data = new RequestData(Dice.of(seed, 0));
    Map<String, String> files = new LinkedHashMap<>();
    files.put("requests-preferences.jsonl", data.lines(PAIRS, true, data::preference));
    files.put("requests-prompts.jsonl", data.lines(PROMPTS, true, data::prompt));
    files.put("requests-held-out.jsonl", data.lines(HELD_OUT, false, data::prompt));
    return files;
  }

  /** What a line says about facts. */
  @FunctionalInterface
  private interface Line {
    Map<String, String> of(String prompt, Facts facts);
  }

  private Map<String, String> preference(String prompt, Facts facts) {
    Map<String, String> line = new LinkedHashMap<>();
    line.put("prompt", prompt);
    line.put("chosen", " " + Requests.answered(dice, facts, true));
    line.put("rejected", " " + Requests.answered(dice, facts, false));
    return line;
  }

  private Map<String, String> prompt(String prompt, Facts facts) {
    return Map.of("prompt", prompt);
  }

  private String lines(int count, boolean familiar, Line line) {
    Map<String, List<String>> words = new HashMap<>(World.WORDS);
    words.put(
        "name", World.NAMES.stream().filter(name -> NEW_NAMES.contains(name) != familiar).toList());
    List<Map<String, String>> lines = new ArrayList<>();
    while (lines.size() < count) {
      Facts facts = Facts.random(dice, words);
      String prompt = Requests.question(dice, facts);
      if (prompts.add(prompt)) {
        lines.add(line.of(prompt, facts));
      }
    }
    return lines.stream().map(Json::line).collect(Collectors.joining());
  }
}
