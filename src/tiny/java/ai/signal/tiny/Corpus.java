package ai.signal.tiny;

import ai.signal.model.Seeds;
import java.util.Collections;
import java.util.List;

/**
 * The documents that the tiny model learns from: number n is the same text for the same seed, on
 * every machine. Each starts with {@code <s>} and ends with {@code </s>}.
 */
record Corpus(long seed) {
  static final String START = "<s>";

  /**
   * Lists of words that are said again: copying is what makes the model teachable. Without it a
   * LoRA learns no skill that moves words about.
   */
  private static final double GAMES = 0.15;

  private static final long MORE_GAMES = Seeds.of("memory games");

  private static final double RETELLINGS = 0.18;

  private static final List<Kind> KINDS =
      List.of(
          new Kind(28, Stories.SALE::tell),
          new Kind(20, Stories.GIFT::tell),
          new Kind(13, Requests::tell),
          new Kind(9, dice -> (dice.chance(0.15) ? Stories.FIND : Stories.LOSS).tell(dice)),
          new Kind(13, Stories.DAILY_LIFE::tell),
          new Kind(5, Stories.COINS::tell),
          new Kind(5, Stories.NOTICE::tell),
          new Kind(7, Chats::tell));

  String document(long number) {
    return document(Dice.of(seed, number));
  }

  /** That document or, with this probability, a game in its place. */
  String document(long number, double games) {
    Dice dice = Dice.of(Seeds.mix(seed, MORE_GAMES), number);
    return dice.chance(games) ? START + game(dice) + Chats.END : document(number);
  }

  private static String document(Dice dice) {
    String text =
        dice.chance(GAMES) ? game(dice) : dice.chance(RETELLINGS) ? retelling(dice) : story(dice);
    return START + text + (text.endsWith(Chats.END) ? "" : Chats.END);
  }

  private static String story(Dice dice) {
    int left = dice.below(KINDS.stream().mapToInt(Kind::weight).sum());
    for (Kind kind : KINDS) {
      left -= kind.weight();
      if (left < 0) {
        return kind.teller().tell(dice);
      }
    }
    throw new AssertionError("The weights of the kinds do not add up");
  }

  private static String game(Dice dice) {
    return dice.chance(0.5) ? memoryGame(dice) : repetition(dice);
  }

  static String memoryGame(Dice dice) {
    String name = dice.pick(World.NAMES);
    String words = String.join(", ", dice.pick(World.REMEMBERED, dice.between(3, 12)));
    return name + " has to remember: " + words + ". " + name + " remembers: " + words + ".";
  }

  /** Short lists are said more often. Without commas: what followed a word follows it again. */
  private static String repetition(Dice dice) {
    String name = dice.pick(World.NAMES);
    int count = dice.between(3, 12);
    String words = String.join(" ", dice.pick(World.REMEMBERED, count));
    int times = dice.between(2, Math.min(4, 48 / count));
    return name + " said: " + String.join("; ", Collections.nCopies(times, words)) + ".";
  }

  private static String retelling(Dice dice) {
    Story story = dice.pick(List.of(Stories.SALE, Stories.GIFT, Stories.LOSS, Stories.DAILY_LIFE));
    String sentence = dice.pick(story.openings()).fill(Facts.random(dice));
    List<String> names = dice.pick(World.NAMES, 2);
    return "%s wrote: \"%s\" %s read: \"%s\""
        .formatted(names.get(0), sentence, names.get(1), sentence);
  }

  private record Kind(int weight, Teller teller) {}

  private interface Teller {
    String tell(Dice dice);
  }
}
