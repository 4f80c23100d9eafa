package ai.signal.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;

/** Records of token ids. */
final class TokenFields {
  private TokenFields() {}

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
    if (object.hasNonNull("weights")) {
      weights = JsonLine.floats(object.get("weights"), "'weights'", 0);
      if (weights.length != ids.length) {
        throw new RecordException(
            "'weights' has %d values for %d tokens".formatted(weights.length, ids.length));
      }
    }
    return tokens.hasNonNull("attention_mask")
        ? attended(ids, weights, tokens.get("attention_mask"))
        : new TrainingRecord.Tokens(ids, weights);
  }

  private static TrainingRecord.Tokens attended(int[] ids, float[] weights, JsonNode mask)
      throws RecordException {
    float[] attended = JsonLine.floats(mask, "'token_ids.attention_mask'", 0);
    if (attended.length != ids.length) {
      throw new RecordException(
          "'token_ids.attention_mask' has %d values for %d tokens"
              .formatted(attended.length, ids.length));
    }
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
