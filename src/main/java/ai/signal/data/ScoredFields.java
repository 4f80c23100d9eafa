package ai.signal.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Records of answers with rewards. */
final class ScoredFields {
  private ScoredFields() {}

  /** A response is a text, or the list of its token ids as they were sampled. */
  static TrainingRecord.Scored scored(ObjectNode object) throws RecordException {
    JsonNode responses = object.get("responses");
    if (!responses.isArray() || responses.size() < 2) {
      throw new RecordException(
          "'responses' is %s: at least 2 are needed to compare"
              .formatted(
                  responses.isArray()
                      ? "a list of " + responses.size()
                      : JsonLine.kind(responses) + ", not a list"));
    }
    float[] finite = JsonLine.floats(object.get("rewards"), "'rewards'", Double.NEGATIVE_INFINITY);
    same("'rewards'", finite.length, responses.size());
    JsonNode logprobs = object.path("logprobs");
    boolean sampled = object.hasNonNull("logprobs");
    if (sampled) {
      same("'logprobs'", logprobs.isArray() ? logprobs.size() : 0, responses.size());
    }
    List<TrainingRecord.Response> all = new ArrayList<>();
    for (int i = 0; i < responses.size(); i++) {
      JsonNode response = responses.get(i);
      String name = "'responses.%d'".formatted(i);
      float[] own =
          sampled
              ? JsonLine.floats(
                  logprobs.get(i), "'logprobs.%d'".formatted(i), Double.NEGATIVE_INFINITY)
              : null;
      all.add(
          new TrainingRecord.Response(
              response.isArray() ? null : text(response, name),
              response.isArray() ? JsonLine.tokenIds(response, name) : null,
              object.get("rewards").get(i).doubleValue(),
              own));
    }
    return new TrainingRecord.Scored(JsonLine.string(object, "prompt"), all);
  }

  private static String text(JsonNode response, String name) throws RecordException {
    if (!response.isTextual()) {
      throw new RecordException(
          "%s is %s, not a text or a list of token ids".formatted(name, JsonLine.kind(response)));
    }
    JsonLine.requireUnicode(response, name.replace("'", ""));
    return response.textValue();
  }

  private static void same(String name, int count, int responses) throws RecordException {
    if (count != responses) {
      throw new RecordException(
          "%s is not a list of one for each of %d responses".formatted(name, responses));
    }
  }
}
