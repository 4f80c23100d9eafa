package ai.signal.tiny;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Conversations in the format of the tokenizer's chat template: a mark for the role, then the
 * words; {@code </s>} after every answer.
 */
final class Chats {
  static final String SYSTEM = "<|system|>";
  static final String USER = "<|user|>";
  static final String ASSISTANT = "<|assistant|>";
  static final String END = "</s>";

  private static final List<String> TOLD =
      List.of(
          "{name1} gave a {colour1} {object1} to {name2} at the {place1} on {day1}. ",
          "On {day1} {name1} sold a {colour1} {object1} to {name2} at the {place1}. ");
  private static final List<Exchange> ABOUT_IT =
      List.of(
          new Exchange("Who has the {object1}?", "{name2} has the {object1}."),
          new Exchange("What colour is the {object1}?", "The {object1} is {colour1}."),
          new Exchange("Where was it?", "It was at the {place1}."),
          new Exchange("When was it?", "It was on {day1}."));
  private static final List<Exchange> SUMS =
      List.of(
          new Exchange("How much is {count1} + {count2}?", "{count1} + {count2} = {count3}."),
          new Exchange(
              "I have {count1} coins and {name1} has {count2} coins. How many is that?",
              "That is {count3} coins."));
  private static final Template ROLE = new Template(SYSTEM + "You are {name1}, a {job1}.");
  private static final List<Exchange> ABOUT_ME =
      List.of(
          new Exchange("Who are you?", "I am {name1}."),
          new Exchange("What is your job?", "I am a {job1}."),
          new Exchange("Are you {name2}?", "No, I am {name1}."));

  static String tell(Dice dice) {
    List<Template> parts = new ArrayList<>();
    switch (dice.below(4)) {
      case 0 -> {
        List<Exchange> exchanges = dice.pick(ABOUT_IT, dice.between(1, 2));
        parts.add(exchanges.get(0).after(dice.pick(TOLD)));
        exchanges.stream().skip(1).map(Exchange::template).forEach(parts::add);
      }
      case 1 -> parts.add(dice.pick(SUMS).template());
      case 2 -> {
        parts.add(ROLE);
        dice.pick(ABOUT_ME, dice.between(1, 2)).stream()
            .map(Exchange::template)
            .forEach(parts::add);
      }
      default -> parts.add(request(dice).template());
    }
    Facts facts = Facts.random(dice);
    return parts.stream().map(part -> part.fill(facts)).collect(Collectors.joining());
  }

  /** Every piece that a conversation may be put together from. */
  static Stream<Template> templates() {
    Stream<Exchange> requests =
        Requests.ASKED.stream()
            .flatMap(asked -> Requests.answers().map(answer -> request(asked, answer)));
    return Stream.of(
            ABOUT_IT.stream().flatMap(exchange -> TOLD.stream().map(exchange::after)),
            Stream.of(ABOUT_IT.stream(), SUMS.stream(), ABOUT_ME.stream(), requests)
                .flatMap(exchanges -> exchanges)
                .map(Exchange::template),
            Stream.of(ROLE))
        .flatMap(templates -> templates);
  }

  private static Exchange request(Dice dice) {
    return request(dice.pick(Requests.ASKED), Requests.answer(dice));
  }

  private static Exchange request(String asked, String answer) {
    return new Exchange("I am {name1}. " + asked, answer + ".");
  }

  private record Exchange(String question, String answer) {
    Template template() {
      return after("");
    }

    Template after(String told) {
      return new Template(USER + told + question + ASSISTANT + answer + END);
    }
  }

  private Chats() {}
}
