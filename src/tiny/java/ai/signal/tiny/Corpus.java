package ai.signal.tiny;

import java.util.List;

/**
 * The documents that the tiny model learns from: number n is the same text for the same seed, on
 * every machine. Each starts with {@code <s>} and ends with {@code </s>}.
 */
record Corpus(long seed) {
  static final String START = "<s>";

  /**
   * Copying, from the first step on, is what makes the model teachable: without it a LoRA learns no
   * skill that moves words about.
   */
  private static final double MEMORY_GAMES = 0.15;

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
    Dice dice = Dice.of(seed, number);
    String text =
        dice.chance(MEMORY_GAMES)
            ? memoryGame(dice)
            : dice.chance(RETELLINGS) ? retelling(dice) : story(dice);
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

  private static String memoryGame(Dice dice) {
    String name = dice.pick(World.NAMES);
    String words = String.join(", ", dice.pick(World.REMEMBERED, dice.between(3, 12)));
    return name + " has to remember: " + words + ". " + name + " remembers: " + words + ".";
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
