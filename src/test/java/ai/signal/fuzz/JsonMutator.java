package ai.signal.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Mutates JSON as a tree, so that most mutants are JSON and reach the code that gives them a
 * meaning; hostile values are written raw.
 */
final class JsonMutator {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Values as they stand in the file. */
  static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "-1",
          "1",
          "2",
          "3",
          "7",
          "64",
          "65536",
          "2147483647",
          "2147483648",
          "4294967296",
          "-2147483648",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "18446744073709551616",
          "1e3",
          "1.0",
          "0.5",
          "-0.0",
          "1e-320",
          "1e308",
          "1e999",
          "-1e999",
          "1e999999999",
          "NaN",
          "Infinity",
          "9".repeat(400),
          "9".repeat(1500),
          "0." + "9".repeat(1500),
          "\"\"",
          "\"a\"",
          "\"\\ud800\"",
          "\"\\udc00x\"",
          "\"a\\u0000b\"",
          "\"\\ud83d\\ude00\"",
          "\"" + "x".repeat(70_000) + "\"",
          "\"-1\"",
          "\"NaN\"",
          "\"../x.safetensors\"",
          "\"\\ud800.safetensors\"",
          "\"a\\u0000.safetensors\"",
          "\"" + "y".repeat(300) + ".safetensors\"",
          "[]",
          "[[]]",
          "[null]",
          "[-1]",
          "[0]",
          "[1,2]",
          "[\"a\"]",
          "[\"\\ud800\"]",
          "[true,{}]",
          "{}",
          "{\"a\":1}",
          "{\"type\":\"x\"}",
          "{\"\\ud800\":1}",
          "{\"a\":1,\"a\":2}",
          "[" + "1,".repeat(5000) + "1]",
          nested("[", "]", 400),
          nested("[", "]", 1500),
          nested("[", "]", 100_000),
          nested("{\"a\":", "}", 1500),
          "[".repeat(3000));

  private static final List<String> KEYS =
      List.of("\"\"", "\"a\"", "\"\\ud800\"", "\"\\u0000\"", "\"" + "k".repeat(70_000) + "\"");

  private JsonMutator() {}

  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new IllegalArgumentException("A seed is not JSON: " + json, e);
    }
  }

  /**
   * A mutant of a tree, as text.
   *
   * @param more values that are hostile in this kind of file, as they stand in it
   */
  static String mutate(JsonNode seed, List<String> more, SplittableRandom random) {
    ArrayNode root = NODES.arrayNode().add(seed.<JsonNode>deepCopy());
    for (int changes = 1 + random.nextInt(3) * random.nextInt(2); changes > 0; changes--) {
      change(root, more, random);
    }
    String text = root.isEmpty() ? "" : text(root.get(0));
    return switch (random.nextInt(40)) {
      case 0 -> text + Mutations.pick(random, VALUES);
      case 1 -> text.substring(0, random.nextInt(text.length() + 1));
      case 2 -> Mutations.text(text, random);
      default -> text;
    };
  }

  static byte[] bytes(JsonNode seed, List<String> more, SplittableRandom random) {
    byte[] json = mutate(seed, more, random).getBytes(StandardCharsets.UTF_8);
    return random.nextInt(12) == 0 ? Mutations.bytes(json, random) : json;
  }

  private static void change(ArrayNode root, List<String> more, SplittableRandom random) {
    Place place = Place.in(root, random);
    if (place == null) {
      return;
    }
    JsonNode value = place.get();
    switch (random.nextInt(12)) {
      case 0 -> place.remove();
      case 1, 2, 3 -> place.set(raw(Mutations.pick(random, VALUES)));
      case 4 -> place.set(more.isEmpty() ? NODES.nullNode() : raw(Mutations.pick(random, more)));
      case 5 -> place.set(nudged(value, random));
      case 6 -> {
        Place other = Place.in(root, random);
        if (other != null) {
          place.set(other.get().deepCopy());
        }
      }
      case 7 -> place.set(NODES.arrayNode().add(value));
      case 8 -> place.set(NODES.objectNode().set("a", value));
      case 9 -> place.twice(more, random);
      case 10 -> place.renamed(random);
      default -> place.set(nudged(value, random));
    }
  }

  /** Another value of the same type. */
  private static JsonNode nudged(JsonNode value, SplittableRandom random) {
    if (value.isTextual()) {
      String text = value.textValue();
      return switch (random.nextInt(3)) {
        case 0 -> NODES.textNode(text.substring(0, random.nextInt(text.length() + 1)));
        case 1 -> NODES.textNode(text + text);
        default -> NODES.textNode(Mutations.text(text, random));
      };
    }
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      long number = value.longValue();
      return NODES.numberNode(
          switch (random.nextInt(5)) {
            case 0 -> number + 1;
            case 1 -> number - 1;
            case 2 -> number * 2;
            case 3 -> -number;
            default -> random.nextLong() >> random.nextInt(64);
          });
    }
    if (value.isNumber()) {
      return NODES.numberNode(value.doubleValue() * (random.nextBoolean() ? -1 : 1e300));
    }
    if (value.isBoolean()) {
      return NODES.booleanNode(!value.booleanValue());
    }
    if (value instanceof ArrayNode array && !array.isEmpty()) {
      ArrayNode longer = array.deepCopy();
      longer.add(array.get(random.nextInt(array.size())));
      return longer;
    }
    return raw(Mutations.pick(random, VALUES));
  }

  private static JsonNode raw(String json) {
    return NODES.rawValueNode(new RawValue(json));
  }

  private static String text(JsonNode tree) {
    try {
      return JSON.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree has no JSON form", e);
    }
  }

  static String nested(String open, String close, int depth) {
    return open.repeat(depth) + "1" + close.repeat(depth);
  }

  /** A value in its container: the shallow ones are as likely as all that is inside them. */
  private record Place(ContainerNode<?> parent, int index, String key) {
    static Place in(ArrayNode root, SplittableRandom random) {
      Place place = null;
      JsonNode node = root;
      for (int depth = 0;
          node instanceof ContainerNode<?> container && !container.isEmpty();
          depth++) {
        if (depth > 1 && random.nextInt(3) == 0) {
          return place;
        }
        int index = random.nextInt(container.size());
        place = new Place(container, index, key(container, index));
        node = place.get();
      }
      return place;
    }

    private static String key(ContainerNode<?> container, int index) {
      if (container.isArray()) {
        return "";
      }
      List<String> keys = new ArrayList<>();
      container.fieldNames().forEachRemaining(keys::add);
      return keys.get(index);
    }

    JsonNode get() {
      return parent instanceof ArrayNode array ? array.get(index) : parent.get(key);
    }

    void set(JsonNode value) {
      if (parent instanceof ArrayNode array) {
        array.set(index, value);
      } else {
        ((ObjectNode) parent).set(key, value);
      }
    }

    void remove() {
      if (parent instanceof ArrayNode array) {
        array.remove(index);
      } else {
        ((ObjectNode) parent).remove(key);
      }
    }

    /** A second entry, in an object under the same key. */
    void twice(List<String> more, SplittableRandom random) {
      String other = Mutations.pick(random, more.isEmpty() ? VALUES : more);
      if (parent instanceof ArrayNode array) {
        array.insert(index, random.nextBoolean() ? get().deepCopy() : raw(other));
      } else {
        // A raw value may be followed by anything, also by a member of the object that holds it.
        set(raw(text(get()) + "," + text(NODES.textNode(key)) + ":" + other));
      }
    }

    void renamed(SplittableRandom random) {
      JsonNode value = get();
      if (parent instanceof ObjectNode object) {
        object.set(
            key, raw("0," + Mutations.pick(random, KEYS) + ":" + text(value))); // and one more key
        if (random.nextBoolean()) {
          object.remove(key);
          object.set(Mutations.text(key, random), value);
        }
      }
    }
  }
}
