package ai.signal.tiny;

import java.util.List;

/** What happens in the little world. */
final class Stories {
  /** name1 sells to name2. */
  static final Story SALE =
      Story.of(
          List.of(
              "On {day1} {name1} sold a {colour1} {object1} to {name2} at the {place1} for {number1} coins.",
              "{name1} sold a {colour1} {object1} to {name2} at the {place1} on {day1} for {number1} coins.",
              "{name2} bought a {colour1} {object1} from {name1} at the {place1} on {day1} for {number1} coins.",
              "On {day1} {name2} bought a {colour1} {object1} from {name1} for {number1} coins at the {place1}.",
              "At the {place1} {name1} sold {name2} a {colour1} {object1} for {number1} coins on {day1}.",
              "For {number1} coins {name2} bought a {colour1} {object1} from {name1} at the {place1} on {day1}.",
              "A {colour1} {object1} was sold to {name2} by {name1} at the {place1} on {day1} for {number1} coins.",
              "On {day1} a {colour1} {object1} was bought by {name2} from {name1} at the {place1} for {number1} coins.",
              "{name2} paid {name1} {number1} coins for a {colour1} {object1} at the {place1} on {day1}."),
          List.of(
              "\"Who sold you the {object1}?\" asked {name3}. \"{name1} did,\" said {name2}.",
              "\"Who bought the {object1}?\" asked {name3}. \"{name2} did,\" said {name1}.",
              "\"Where did you buy the {object1}?\" asked {name3}. \"At the {place1},\" said {name2}.",
              "\"When did you buy it?\" asked {name3}. \"On {day1},\" said {name2}.",
              "\"How much did you pay?\" asked {name3}. \"I paid {number1} coins,\" said {name2}.",
              "\"What did {name2} buy?\" asked {name3}. \"A {colour1} {object1},\" said {name1}.",
              "\"What colour is your {object1}?\" asked {name3}. \"It is {colour1},\" said {name2}.",
              "\"Did you sell the {object1} on {day1}?\" asked {name3}. \"Yes, to {name2},\" said {name1}.",
              "Now the {colour1} {object1} belongs to {name2}.",
              "{name1} went home from the {place1} with {number1} coins.",
              "{name2} carried the {colour1} {object1} home.",
              "{name2} was happy with the {colour1} {object1}.",
              "{name3} saw the {colour1} {object1} and wanted one too.",
              "The next day {name2} showed the {object1} to {name3}."),
          2,
          4);

  /** name1 gives, lends or shows to name2. */
  static final Story GIFT =
      Story.of(
          List.of(
              "On {day1} {name1} gave a {colour1} {object1} to {name2} at the {place1}.",
              "{name1} gave a {colour1} {object1} to {name2} at the {place1} on {day1}.",
              "{name1} gave {name2} a {colour1} {object1} on {day1}.",
              "{name2} got a {colour1} {object1} from {name1} at the {place1}.",
              "On {day1} {name2} got a {colour1} {object1} from {name1}.",
              "{name1} lent a {colour1} {object1} to {name2} on {day1}.",
              "On {day1} {name1} lent a {colour1} {object1} to {name2} at the {place1}.",
              "{name2} borrowed a {colour1} {object1} from {name1} on {day1}.",
              "At the {place1} {name1} showed a {colour1} {object1} to {name2}.",
              "{name1} brought a {colour1} {object1} to {name2} at the {place1} on {day1}."),
          List.of(
              "\"Where is the {object1} now?\" asked {name3}. \"It is at the {place2},\" said {name2}.",
              "\"Who has the {object1}?\" asked {name3}. \"{name2} has it,\" said {name1}.",
              "\"Did you give the {object1} to {name2}?\" asked {name3}. \"Yes, I did,\" said {name1}.",
              "\"Did {name1} lend you the {object1}?\" asked {name3}. \"No, I bought it,\" said {name2}.",
              "\"Did {name1} show or bring you the {object1}?\" asked {name3}. \"I will not tell you,\" said {name2}.",
              "\"Thank you for the {object1},\" said {name2}. \"You are welcome,\" said {name1}.",
              "\"Is the {object1} {colour1} or {colour2}?\" asked {name3}. \"It is {colour1},\" said {name1}.",
              "\"Whose {object1} is that?\" asked {name3}. \"It was a gift from {name1},\" said {name2}.",
              "{name2} put the {colour1} {object1} into a {colour2} {object2}.",
              "{name2} took the {object1} to the {place2}.",
              "{name2} thanked {name1}.",
              "{name1} was happy that {name2} liked the {object1}.",
              "{name3} had a {colour2} {object1} at home.",
              "Later {name2} gave the {colour1} {object1} back to {name1}."),
          1,
          3);

  /** name1 loses something. Seldom does anybody find it. */
  static final Story LOSS =
      Story.of(
          List.of(
              "On {day1} {name1} lost a {colour1} {object1} at the {place1}.",
              "{name1} lost a {colour1} {object1} on the way from the {place1} to the {place2}.",
              "The {colour1} {object1} of {name1} was gone on {day1}."),
          List.of(
              "{name1} looked for the {object1} at the {place2}, but it was not there.",
              "\"Have you seen my {object1}?\" asked {name1}. \"No, I have not,\" said {name2}.",
              "\"What did you lose?\" asked {name2}. \"A {colour1} {object1},\" said {name1}.",
              "\"When did you lose it?\" asked {name2}. \"On {day1},\" said {name1}.",
              "{name2} asked {name3} about the {object1} of {name1}.",
              "{name3} found only a {colour2} {object2}.",
              "In the evening {he1} went home without the {colour1} {object1}."),
          1,
          3);

  /** The few lost things that are found. */
  static final Story FIND =
      Story.of(
          List.of(
              "{name1} had lost a {colour1} {object1}, and {name2} found it at the {place1} on {day1}.",
              "On {day1} {name2} found the {colour1} {object1} of {name1} at the {place1}."),
          List.of(
              "\"Is this your {object1}?\" asked {name2}. \"Yes, it is mine,\" said {name1}.",
              "\"Where was it?\" asked {name1}. \"It was at the {place1},\" said {name2}.",
              "\"Did you find my {object1}?\" asked {name1}. \"I did,\" said {name2}."),
          1,
          2);

  static final Story DAILY_LIFE =
      Story.of(
          List.of(
              "{name1} is a {job1} and works at the {place1}.",
              "{name1} walked from the {place1} to the {place2}.",
              "On {day1} {name1} met {name2} at the {place1}.",
              "It was a {weather1} {day1}, and {name1} was at the {place1}.",
              "{name1} and {name2} live near the {place1}.",
              "Every {day1} {name1} goes to the {place1} with {name2}."),
          List.of(
              "It was a {weather1} {day1}.",
              "\"Where are you going?\" asked {name2}. \"I am going to the {place2},\" said {name1}.",
              "\"What is your job?\" asked {name2}. \"I am a {job1},\" said {name1}.",
              "\"What day is it?\" asked {name2}. \"It is {day1},\" said {name1}.",
              "{name2} is a {job2}.",
              "{name2} wants to be a {job1} like {name1}.",
              "{name1} waited for {name2} at the {place2}.",
              "{name1} has a {colour1} {object1} and {name2} has a {colour2} {object2}.",
              "There is a {colour1} {object1} at the {place2}.",
              "In the evening {name1} went home.",
              "They stayed at the {place2} until the evening."),
          1,
          3);

  /** count3 is count1 + count2. */
  static final Story COINS =
      Story.of(
          List.of(
              "{name1} had {count1} coins. {name2} gave {name1} {count2} coins. Now {name1} has {count3} coins.",
              "{name1} has {count1} coins and {name2} has {count2} coins. Together they have {count3} coins.",
              "{name1} counted {count1} coins at the {place1} and {count2} coins at home: {count1} + {count2} = {count3}.",
              "{name1} had {count1} coins and lost one. Now {name1} has {count4} coins.",
              "\"How much is {count1} + {count2}?\" asked {name1}. \"{count1} + {count2} = {count3},\" said {name2}."),
          List.of(),
          0,
          0);

  static final Story NOTICE =
      Story.of(
          List.of(
              "Notice at the {place1}: {object1} = {count1} coins; {object2} = {count2} coins.",
              "Notice at the {place1}: open on {day1} = {count1} hours; on {day2} = {count2} hours.",
              "Notice at the {place1}: lost = {colour1} {object1}; owner = {name1}; day = {day1}.",
              "Notice at the {place1}: found = {colour1} {object1}; ask = {name1}.",
              "Notice at the {place1}: {name1} = {job1}; {name2} = {job2}.",
              "Notice at the {place1}: weather = {weather1}; day = {day1}; coins = {count1}."),
          List.of(),
          0,
          0);

  static final List<Story> ALL = List.of(SALE, GIFT, LOSS, FIND, DAILY_LIFE, COINS, NOTICE);

  private Stories() {}
}
