package ai.signal.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * An operation that a notebook submitted.
 *
 * @param json of its result
 * @param progress of training; null until there is some
 */
record Submitted<T>(
    SignalFuture<T> future,
    Function<T, ObjectNode> json,
    AtomicReference<TrainingProgress> progress) {

  Submitted(SignalFuture<T> future, Function<T, ObjectNode> json) {
    this(future, json, new AtomicReference<>());
  }

  /** The result. */
  ObjectNode result() {
    return json.apply(future.result());
  }

  /** How far training is; nothing where it has not begun, or there is none. */
  ObjectNode shownProgress() {
    ObjectNode shown = JsonNodeFactory.instance.objectNode();
    TrainingProgress last = progress.get();
    if (last != null) {
      shown.put("step", last.step());
      shown.put("steps", last.steps());
      shown.put("tokens_per_second", last.tokensPerSecond());
      shown.put("seconds_left", last.secondsLeft());
      shown.set("metrics", last.result().metrics().json());
    }
    return shown;
  }
}
