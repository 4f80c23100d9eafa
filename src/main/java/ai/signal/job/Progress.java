package ai.signal.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Progress of a stage that learns.
 *
 * @param stage its index in the spec, from 0
 * @param finished whether all of its steps are done
 * @param steps number of its steps that are done
 * @param applied number of its steps that changed the adapter
 * @param notFinite number of its steps that changed nothing since their gradient was not finite
 * @param first loss or reward of its first step; NaN before
 * @param last loss or reward of its last step; NaN before
 * @param tokens number of tokens that went through the model
 * @param seconds duration of its steps
 */
record Progress(
    int stage,
    boolean finished,
    long steps,
    long applied,
    long notFinite,
    double first,
    double last,
    long tokens,
    double seconds) {

  /** How a step ended for the adapter. */
  enum Step {
    APPLIED,
    /** The gradient was not finite, so it was not applied. */
    NOT_FINITE,
    /** There was nothing to learn, as where all answers have the same reward. */
    EMPTY
  }

  /** Progress of a stage that begins. */
  static Progress of(int stage) {
    return new Progress(stage, false, 0, 0, 0, Double.NaN, Double.NaN, 0, 0);
  }

  /**
   * Progress after one more step.
   *
   * @param value its loss or reward
   * @param took seconds since the one before
   */
  Progress plus(Step step, double value, long more, double took) {
    return new Progress(
        stage,
        false,
        steps + 1,
        applied + (step == Step.APPLIED ? 1 : 0),
        notFinite + (step == Step.NOT_FINITE ? 1 : 0),
        steps == 0 ? value : first,
        value,
        tokens + more,
        seconds + took);
  }

  /** Returns the same progress with no step left. */
  Progress finish() {
    return new Progress(stage, true, steps, applied, notFinite, first, last, tokens, seconds);
  }

  /** Returns whether no step changed the adapter, since no gradient was finite. */
  boolean learnedNothing() {
    return applied == 0 && notFinite > 0;
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("stage", stage);
    json.put("finished", finished);
    json.put("steps", steps);
    json.put("applied", applied);
    json.put("not_finite", notFinite);
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
        json.path("applied").longValue(),
        json.path("not_finite").longValue(), // 0 in checkpoints of earlier versions
        Double.parseDouble(json.path("first").asText("NaN")),
        Double.parseDouble(json.path("last").asText("NaN")),
        json.path("tokens").longValue(),
        json.path("seconds").doubleValue());
  }
}
