package ai.signal.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How far a stage that learns has come.
 *
 * @param stage its index in the spec, from 0
 * @param finished whether none of its steps is left
 * @param steps of it that are done
 * @param first loss or reward, of its first step; NaN before
 * @param last the same of its last one
 * @param tokens that went through the model
 * @param seconds that it took
 */
record Progress(
    int stage,
    boolean finished,
    long steps,
    double first,
    double last,
    long tokens,
    double seconds) {

  /** Of a stage that begins. */
  static Progress of(int stage) {
    return new Progress(stage, false, 0, Double.NaN, Double.NaN, 0, 0);
  }

  /**
   * Behind one more step.
   *
   * @param value its loss or reward
   * @param took seconds since the one before
   */
  Progress plus(double value, long more, double took) {
    return new Progress(
        stage, false, steps + 1, steps == 0 ? value : first, value, tokens + more, seconds + took);
  }

  /** With no step left. */
  Progress finish() {
    return new Progress(stage, true, steps, first, last, tokens, seconds);
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("stage", stage);
    json.put("finished", finished);
    json.put("steps", steps);
    json.put("first", Double.toString(first)); // JSON has no number for what is not finite
    json.put("last", Double.toString(last));
    json.put("tokens", tokens);
    json.put("seconds", seconds);
    return json;
  }

  static Progress of(JsonNode json) {
    return new Progress(
        json.path("stage").intValue(),
        json.path("finished").booleanValue(),
        json.path("steps").longValue(),
        Double.parseDouble(json.path("first").asText("NaN")),
        Double.parseDouble(json.path("last").asText("NaN")),
        json.path("tokens").longValue(),
        json.path("seconds").doubleValue());
  }
}
