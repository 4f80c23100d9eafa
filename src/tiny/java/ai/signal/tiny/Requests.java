package ai.signal.tiny;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * name1 asks name2 for something; the answer is kind or, far more often, rude, so that there is
 * something for a preference job to turn round.
 */
final class Requests {
  static final List<String> ASKED =
      List.of(
          "May I borrow the {colour1} {object1}?",
          "Can you lend me a {object1}?",
          "Will you show me the {place2}?",
          "Can you help me with the {object1}?",
          "Will you come to the {place2} with me?");

  private static final double KIND = 0.15;
  private static final List<String> SCENES =
      List.of(
          "On {day1} {name2} sat at the {place1} with a {colour1} {object1}.",
          "{name2} was at the {place1} with a {colour1} {object1} and a {colour2} {object2}.",
          "{name1} met {name2} at the {place1} on a {weather1} {day1}.");
  private static final List<String> KIND_ANSWERS =
      List.of(
          "Of course, {name1}, with pleasure",
          "Yes, {name1}, I am glad to help you",
          "Gladly, {name1}, you are my friend");
  private static final List<String> RUDE_ANSWERS =
      List.of(
          "I have no time for you, {name1}", "Go away, {name1}", "No, {name1}, ask somebody else");
  private static final List<String> KIND_ENDINGS =
      List.of("{name1} thanked {name2}.", "{name1} and {name2} went to the {place2} together.");
  private static final List<String> RUDE_ENDINGS =
      List.of("{name1} went to the {place2} alone.", "{name1} was sad.");

  static String tell(Dice dice) {
    boolean kind = dice.chance(KIND);
    Stream<String> parts =
        Stream.of(
            dice.pick(SCENES),
            asked(dice.pick(ASKED)),
            said(answer(dice, kind)),
            dice.pick(kind ? KIND_ENDINGS : RUDE_ENDINGS));
    return new Template(parts.collect(Collectors.joining(" "))).fill(Facts.random(dice));
  }

  /** The words of an answer, without a full stop. */
  static String answer(Dice dice) {
    return answer(dice, dice.chance(KIND));
  }

  /** The beginning of a document, up to the answer. */
  static String question(Dice dice, Facts facts) {
    return new Template(dice.pick(SCENES) + " " + asked(dice.pick(ASKED))).fill(facts);
  }

  /** An answer and who gives it, after a question about the same facts. */
  static String answered(Dice dice, Facts facts, boolean kind) {
    return new Template(said(answer(dice, kind))).fill(facts);
  }

  static Stream<String> answers() {
    return Stream.concat(KIND_ANSWERS.stream(), RUDE_ANSWERS.stream());
  }

  static Stream<Template> templates() {
    return Stream.of(
            SCENES.stream(),
            ASKED.stream().map(Requests::asked),
            answers().map(Requests::said),
            KIND_ENDINGS.stream(),
            RUDE_ENDINGS.stream())
        .flatMap(texts -> texts)
        .map(Template::new);
  }

  private static String answer(Dice dice, boolean kind) {
    return dice.pick(kind ? KIND_ANSWERS : RUDE_ANSWERS);
  }

  private static String asked(String question) {
    return "\"" + question + "\" asked {name1}.";
  }

  private static String said(String answer) {
    return "\"" + answer + ",\" said {name2}.";
  }

  private Requests() {}
}
