package ai.signal.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** Records of token ids. */
final class TokenFields {
  /** The label of a token that is not learnt. */
  private static final int IGNORED = -100;

  private static final String MASK = "attention_mask";

  /** Fields with a weight for each token: ours, then the masks of TRL and of transformers. */
  private static final List<String> WEIGHTS =
      List.of("weights", "completion_mask", "assistant_masks");

  private TokenFields() {}

  /** Gives {@code input_ids}, as transformers calls them, our name where no other field speaks. */
  static void rename(ObjectNode object, DataFormat format) {
    boolean meant =
        format == DataFormat.TOKENS || (format == DataFormat.AUTO && !object.has("text"));
    if (meant && object.has("input_ids") && !object.has("token_ids")) {
      object.set("token_ids", object.remove("input_ids"));
    }
  }

  /**
   * {@code token_ids} is a list, or the struct that DJL's TextEncoder makes: {@code ids} and {@code
   * attention_mask}, of which the masked are padding and left out.
   */
  static TrainingRecord.Tokens tokens(ObjectNode object) throws RecordException {
    JsonNode tokens = object.get("token_ids");
    JsonNode list = tokens.isObject() ? tokens.path("ids") : tokens;
    int[] ids = JsonLine.tokenIds(list, tokens.isObject() ? "'token_ids.ids'" : "'token_ids'");
    float[] weights = new float[ids.length];
    Arrays.fill(weights, 1f);
    for (String field : WEIGHTS) {
      if (object.hasNonNull(field)) {
        float[] own = floats(object.get(field), field, ids.length);
        for (int i = 0; i < own.length; i++) {
          weights[i] *= own[i];
        }
      }
    }
    if (object.hasNonNull("labels")) {
      label(ids, weights, object.get("labels"));
    }
    if (tokens.hasNonNull(MASK)) {
      return attended(ids, weights, floats(tokens.get(MASK), "token_ids." + MASK, ids.length));
    }
    return object.hasNonNull(MASK)
        ? attended(ids, weights, floats(object.get(MASK), MASK, ids.length))
        : new TrainingRecord.Tokens(ids, weights);
  }

  /**
   * Clears the weights of tokens whose label is -100. As in transformers, a label stands at its own
   * token and is predicted from the tokens before it.
   */
  private static void label(int[] ids, float[] weights, JsonNode labels) throws RecordException {
    if (!labels.isArray() || labels.size() != ids.length) {
      throw new RecordException(
          "'labels' is %s for %d tokens"
              .formatted(
                  labels.isArray()
                      ? "a list of " + labels.size()
                      : JsonLine.kind(labels) + ", not a list",
                  ids.length));
    }
    for (int i = 0; i < ids.length; i++) {
      JsonNode label = labels.get(i);
      boolean whole = label.isIntegralNumber() && label.canConvertToInt();
      if (whole && label.intValue() == IGNORED) {
        weights[i] = 0;
      } else if (!whole || label.intValue() != ids[i]) {
        throw new RecordException(
            "'labels' has %s at %d, not the token %d that stands there or -100"
                .formatted(label, i, ids[i]));
      }
    }
  }

  /** Numbers of at least 0, or booleans: true is 1. */
  private static float[] floats(JsonNode values, String field, int tokens) throws RecordException {
    String name = "'%s'".formatted(field);
    JsonNode numbers = values;
    if (values.isArray() && !values.isEmpty() && all(values, JsonNode::isBoolean)) {
      ArrayNode ones = JsonNodeFactory.instance.arrayNode();
      values.forEach(value -> ones.add(value.booleanValue() ? 1 : 0));
      numbers = ones;
    }
    float[] floats = JsonLine.floats(numbers, name, 0);
    if (floats.length != tokens) {
      throw new RecordException(
          "%s has %d values for %d tokens".formatted(name, floats.length, tokens));
    }
    return floats;
  }

  private static boolean all(JsonNode values, Predicate<JsonNode> predicate) {
    for (JsonNode value : values) {
      if (!predicate.test(value)) {
        return false;
      }
    }
    return true;
  }

  private static TrainingRecord.Tokens attended(int[] ids, float[] weights, float[] attended) {
    int n = 0;
    for (int i = 0; i < ids.length; i++) {
      if (attended[i] != 0) {
        ids[n] = ids[i];
        weights[n++] = weights[i];
      }
    }
    return new TrainingRecord.Tokens(Arrays.copyOf(ids, n), Arrays.copyOf(weights, n));
  }
}
