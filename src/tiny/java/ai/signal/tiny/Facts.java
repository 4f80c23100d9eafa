package ai.signal.tiny;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one document is about: a value for every slot, different ones within a kind, so that a
 * document never contradicts itself.
 */
record Facts(Map<String, String> values) {
  private static final Map<String, Integer> SLOTS =
      Map.of(
          "name", 4, "colour", 2, "object", 2, "place", 3, "day", 2, "number", 2, "job", 2,
          "weather", 1);

  Facts {
    values = Map.copyOf(values);
  }

  static Facts random(Dice dice) {
    return random(dice, World.WORDS);
  }

  /** Facts made of those words of each kind. */
  static Facts random(Dice dice, Map<String, List<String>> words) {
    Map<String, String> values = new HashMap<>();
    SLOTS.keySet().stream()
        .sorted()
        .forEach(kind -> number(values, kind, dice.pick(words.get(kind), SLOTS.get(kind))));
    pronouns(values);
    sums(values, dice);
    return new Facts(values);
  }

  /** The value of a slot such as "name1". */
  String get(String slot) {
    String value = values.get(slot);
    if (value == null) {
      throw new IllegalArgumentException("Unknown slot in a template: " + slot);
    }
    return value;
  }

  private static void number(Map<String, String> values, String kind, List<String> chosen) {
    for (int i = 0; i < chosen.size(); i++) {
      values.put(kind + (i + 1), chosen.get(i));
    }
  }

  private static void pronouns(Map<String, String> values) {
    for (int i = 1; i <= SLOTS.get("name"); i++) {
      values.put("he" + i, World.WOMEN.contains(values.get("name" + i)) ? "she" : "he");
    }
  }

  /** count3 is count1 + count2, count4 is count1 - 1. */
  private static void sums(Map<String, String> values, Dice dice) {
    int first = dice.between(2, 19);
    int second = dice.between(2, 19);
    number(
        values, "count", List.of("" + first, "" + second, "" + (first + second), "" + (first - 1)));
  }
}
