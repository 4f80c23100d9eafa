package ai.signal.spec;

import ai.signal.cluster.GpuRequest;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Binds one scalar to a component's type. */
public final class Scalars {
  /** Short names of the number formats. */
  private static final Map<String, String> SYNONYMS =
      Map.of("bf16", "bfloat16", "fp16", "float16", "half", "float16", "fp32", "float32");

  private Scalars() {}

  static Object read(Class<?> type, JsonNode node, String path) {
    if (type == int.class || type == Integer.class) {
      if (node.isIntegralNumber() && node.canConvertToInt()) {
        return node.intValue();
      }
      throw refused(path, node, wholeNumber(node, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }
    if (type == long.class || type == Long.class) {
      if (node.isIntegralNumber() && node.canConvertToLong()) {
        return node.longValue();
      }
      throw refused(path, node, wholeNumber(node, Long.MIN_VALUE, Long.MAX_VALUE));
    }
    if (type == double.class || type == Double.class) {
      return number(node, path);
    }
    if (type == boolean.class) {
      if (node.isBoolean()) {
        return node.booleanValue();
      }
      throw refused(path, node, "true, false");
    }
    if (type == String.class) {
      if (node.isTextual()) {
        return node.textValue();
      }
      throw refused(path, node, "a text (put it in quotes)");
    }
    if (type == GpuRequest.class) {
      try {
        return GpuRequest.parse(node.asText());
      } catch (IllegalArgumentException e) {
        throw refused(path, node, e.getMessage());
      }
    }
    if (type == ByteSize.class) {
      try {
        return ByteSize.parse(node.asText());
      } catch (IllegalArgumentException e) {
        throw refused(path, node, e.getMessage());
      }
    }
    return constant(type, node, path);
  }

  private static String wholeNumber(JsonNode node, long least, long most) {
    if (!node.isIntegralNumber()) {
      return "a whole number";
    }
    boolean below = node.bigIntegerValue().signum() < 0;
    return String.format(
        Locale.ROOT, "a whole number of at %s %,d", below ? "least" : "most", below ? least : most);
  }

  private static double number(JsonNode node, String path) {
    if (node.isNumber()) {
      return node.doubleValue();
    }
    // YAML 1.1 takes 3e-4, which has no point, for a text.
    if (node.isTextual() && node.textValue().matches("[-+]?\\d+[eE][-+]?\\d+")) {
      return Double.parseDouble(node.textValue());
    }
    throw refused(path, node, "a number");
  }

  private static Object constant(Class<?> type, JsonNode node, String path) {
    List<String> names =
        Arrays.stream(type.getEnumConstants()).map(value -> Names.of((Enum<?>) value)).toList();
    int index = node.isTextual() ? names.indexOf(node.textValue()) : -1;
    if (index >= 0) {
      return type.getEnumConstants()[index];
    }
    Optional<String> synonym =
        Optional.ofNullable(SYNONYMS.get(node.asText())).filter(names::contains);
    String nearest =
        synonym
            .or(() -> Names.nearest(node.asText(), names))
            .map(" (did you mean '%s'?)"::formatted)
            .orElse("");
    throw refused(path, node, String.join(", ", names) + nearest);
  }

  private static SpecException.Value refused(String path, JsonNode node, String allowed) {
    return new SpecException.Value(path, Shown.of(node), allowed);
  }
}
