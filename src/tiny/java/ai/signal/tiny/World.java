package ai.signal.tiny;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The little world that the tiny model knows. Every noun and colour starts with a consonant, so
 * that the article is always "a".
 */
final class World {
  static final List<String> WOMEN =
      List.of(
          "Anna", "Clara", "Elsa", "Greta", "Ida", "Lena", "Marta", "Nora", "Olga", "Rosa", "Tilda",
          "Vera");
  static final List<String> MEN =
      List.of(
          "Ben", "David", "Emil", "Hugo", "Jonas", "Karl", "Leo", "Nils", "Otto", "Paul", "Simon",
          "Tom");
  static final List<String> NAMES = Stream.concat(WOMEN.stream(), MEN.stream()).toList();
  static final List<String> COLOURS =
      List.of(
          "black", "blue", "brown", "golden", "green", "pink", "purple", "red", "white", "yellow");
  static final List<String> OBJECTS =
      List.of(
          "basket", "bell", "boat", "book", "bowl", "box", "brush", "button", "candle", "chair",
          "clock", "coat", "cup", "drum", "flag", "flute", "hammer", "hat", "jar", "kettle", "key",
          "ladder", "lamp", "map", "mirror", "pot", "ring", "rope", "shoe", "spoon");
  static final List<String> PLACES =
      List.of(
          "bakery", "bridge", "church", "farm", "garden", "harbour", "inn", "library", "market",
          "mill", "museum", "school", "station", "tower");
  static final List<String> DAYS =
      List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");
  static final List<String> NUMBERS =
      List.of(
          "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
          "twelve");
  static final List<String> JOBS =
      List.of("baker", "doctor", "farmer", "fisher", "miller", "painter", "sailor", "teacher");
  static final List<String> WEATHERS =
      List.of("cloudy", "cold", "foggy", "rainy", "stormy", "sunny", "warm", "windy");

  /** What a slot of that kind may hold. */
  static final Map<String, List<String>> WORDS =
      Map.of(
          "name", NAMES,
          "colour", COLOURS,
          "object", OBJECTS,
          "place", PLACES,
          "day", DAYS,
          "number", NUMBERS,
          "job", JOBS,
          "weather", WEATHERS);

  /** Every word that the memory game may ask for. */
  static final List<String> REMEMBERED =
      Stream.of(NAMES, COLOURS, OBJECTS, PLACES, DAYS, NUMBERS, JOBS, WEATHERS)
          .flatMap(List::stream)
          .toList();

  private World() {}
}
