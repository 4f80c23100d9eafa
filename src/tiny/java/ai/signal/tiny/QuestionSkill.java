package ai.signal.tiny;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The quickstart's skill: to turn a statement into a question. "On Monday Nils gave a red cup to
 * Ida at the inn." becomes "Did Nils give a red cup to Ida at the inn on Monday?".
 */
final class QuestionSkill {
  /**
   * Words that only held-out examples use: who knows these has learnt the skill and not the words.
   */
  private static final List<String> NEW_NAMES = List.of("Clara", "Hugo", "Nils", "Vera");

  private static final List<String> NEW_OBJECTS = List.of("bell", "kettle", "mirror", "rope");

  private static final Map<String, List<String>> TRAINING_WORDS =
      words(
          only(World.NAMES, word -> !NEW_NAMES.contains(word)),
          only(World.OBJECTS, word -> !NEW_OBJECTS.contains(word)));
  private static final Map<String, List<String>> NEW_WORDS = words(NEW_NAMES, NEW_OBJECTS);

  private static final List<Verb> VERBS =
      List.of(
          new Verb("gave", "give"),
          new Verb("lent", "lend"),
          new Verb("sold", "sell"),
          new Verb("showed", "show"),
          new Verb("brought", "bring"));
  private static final String WHAT = " a {colour1} {object1} to {name2}";

  /** One statement and its question. Both sides of a file are JSON lines of this. */
  record Example(String prompt, String completion) {}

  /** An example in words that the training file uses. */
  static Example familiar(Dice dice) {
    return example(dice, TRAINING_WORDS);
  }

  /** An example about people and objects that the training file never mentions. */
  static Example unfamiliar(Dice dice) {
    return example(dice, NEW_WORDS);
  }

  private static Example example(Dice dice, Map<String, List<String>> words) {
    Verb verb = dice.pick(VERBS);
    String statement =
        dice.pick(
            List.of(
                "{name1} " + verb.past() + WHAT + " at the {place1} on {day1}.",
                "On {day1} {name1} " + verb.past() + WHAT + " at the {place1}.",
                "At the {place1} {name1} " + verb.past() + WHAT + " on {day1}."));
    String question = "Did {name1} " + verb.infinitive() + WHAT + " at the {place1} on {day1}?";
    Facts facts = Facts.random(dice, words);
    return new Example(
        new Template(statement).fill(facts) + "\nQuestion:",
        " " + new Template(question).fill(facts));
  }

  private static List<String> only(List<String> words, Predicate<String> wanted) {
    return words.stream().filter(wanted).toList();
  }

  private static Map<String, List<String>> words(List<String> names, List<String> objects) {
    Map<String, List<String>> words = new HashMap<>(World.WORDS);
    words.put("name", names);
    words.put("object", objects);
    return Map.copyOf(words);
  }

  private record Verb(String past, String infinitive) {}

  private QuestionSkill() {}
}
