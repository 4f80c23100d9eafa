package ai.signal.model.tokenizer;

import ai.signal.model.ModelFormatException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A value of tokenizer.json together with its place in the file. Reads are strict: a value of
 * another type, or a key that is not expected, is refused with its place.
 */
final class Part {
  private static final String TYPE = "type";

  private final Path file;
  private final String place;
  private final JsonNode node;

  Part(Path file, String place, JsonNode node) {
    this.file = file;
    this.place = place;
    this.node = node;
  }

  JsonNode node() {
    return node;
  }

  /** The name of the component, as in {@code {"type": "Split", ...}}. */
  String type() {
    return text(TYPE);
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  /**
   * Checks that this is an object with a type and no keys but these.
   *
   * @throws ModelFormatException where there is another key
   */
  void only(String... keys) {
    Set<String> known = Set.of(keys);
    for (Iterator<String> names = object().node.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name) && !name.equals(TYPE)) {
        throw refusal("has the unknown key " + ModelFormatException.quote(name));
      }
    }
  }

  Part object() {
    if (!node.isObject()) {
      throw refusal("is " + shown() + "; it must be an object");
    }
    return this;
  }

  /** A required value. */
  Part get(String key) {
    JsonNode value = object().node.get(key);
    if (value == null) {
      throw missing(key);
    }
    return new Part(file, place.isEmpty() ? key : place + "." + key, value);
  }

  /** The value, empty when absent or null. */
  Optional<Part> find(String key) {
    return object().has(key) ? Optional.of(get(key)) : Optional.empty();
  }

  List<Part> list() {
    if (!node.isArray()) {
      throw refusal("is " + shown() + "; it must be a list");
    }
    List<Part> items = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      items.add(new Part(file, place + "[" + i + "]", node.get(i)));
    }
    return items;
  }

  /** A list with at most that many items. */
  List<Part> list(String key, int most) {
    Part part = get(key);
    if (part.node.size() > most) {
      throw part.refusal("has " + part.node.size() + " items; at most " + most + " are allowed");
    }
    return part.list();
  }

  String text() {
    if (!node.isTextual()) {
      throw refusal("is " + shown() + "; it must be a string");
    }
    return node.textValue();
  }

  String text(String key) {
    return get(key).text();
  }

  /** A text of at most that many characters. */
  String text(String key, int most) {
    Part part = get(key);
    String text = part.text();
    if (text.length() > most) {
      throw part.refusal("has " + text.length() + " characters; at most " + most + " are allowed");
    }
    return text;
  }

  /** A text that is not empty, of at most that many characters. */
  String filled(String key, int most) {
    String text = text(key, most);
    if (text.isEmpty()) {
      throw get(key).refusal("is empty");
    }
    return text;
  }

  /** A text of exactly one code point, as Rust's char. */
  int character(String key) {
    String text = text(key);
    if (text.isEmpty() || text.codePointCount(0, text.length()) != 1) {
      throw get(key).refusal("is " + get(key).shown() + "; it must be one character");
    }
    return text.codePointAt(0);
  }

  boolean flag(String key) {
    Part part = get(key);
    if (!part.node.isBoolean()) {
      throw part.refusal("is " + part.shown() + "; it must be true or false");
    }
    return part.node.booleanValue();
  }

  /** Checks a flag that may be absent; null is refused. */
  void optionalFlag(String key) {
    if (node.has(key)) {
      flag(key);
    }
  }

  int integer(int least, int most) {
    boolean inRange =
        node.isIntegralNumber()
            && node.canConvertToInt()
            && node.intValue() >= least
            && node.intValue() <= most;
    if (!inRange) {
      throw refusal("is " + shown() + "; it must be an integer from " + least + " to " + most);
    }
    return node.intValue();
  }

  int integer(String key, int least, int most) {
    return get(key).integer(least, most);
  }

  /** A text that is one of these. */
  String oneOf(String key, Set<String> allowed) {
    String value = text(key);
    if (!allowed.contains(value)) {
      throw get(key).refusal("is " + get(key).shown() + "; it must be one of " + sorted(allowed));
    }
    return value;
  }

  /** The refusal of a component whose type is not in the list. */
  ModelFormatException unknownType(Set<String> known) {
    return refusal(
        "has the unknown type "
            + ModelFormatException.quote(type())
            + "; known are "
            + sorted(known));
  }

  /** A refusal: the place, the component's type where there is one, and the problem. */
  ModelFormatException refusal(String problem) {
    String type = node.path(TYPE).isTextual() ? node.get(TYPE).textValue() : "";
    String name = type.isEmpty() ? "" : " (" + cut(type) + ")";
    return new ModelFormatException(
        "tokenizer", "tokenizer.json is not usable: " + where() + name + " " + problem, file);
  }

  /** The refusal of a component that lacks a key. */
  ModelFormatException missing(String key) {
    return refusal("has no '" + key + "'");
  }

  /** The refusal of a file that lacks a part without which it is none. */
  ModelFormatException missingInFile(String key) {
    String path = place.isEmpty() ? key : place + "." + key;
    return new ModelFormatException("tokenizer", "tokenizer.json has no '" + path + "'", file);
  }

  private String where() {
    return place.isEmpty() ? "the file" : place;
  }

  private String shown() {
    return ModelFormatException.quote(cut(node.toString()));
  }

  private static String cut(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }

  private static String sorted(Set<String> names) {
    return String.join(", ", names.stream().sorted().toList());
  }
}
