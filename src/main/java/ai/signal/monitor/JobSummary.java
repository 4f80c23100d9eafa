package ai.signal.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * How a job ended: {@code summary.json}.
 *
 * @param name of the job
 * @param seconds from the command to its end
 * @param stages what was finished, in the order they ran
 * @param error why the job ended before its last stage; empty where that is finished
 * @param stopped whether a signal ended it, and nothing failed
 */
public record JobSummary(
    String name,
    double seconds,
    List<StageResult> stages,
    Optional<String> error,
    boolean stopped) {

  public JobSummary {
    stages = List.copyOf(stages);
  }

  /** The summary of a job that no signal has stopped. */
  public JobSummary(String name, double seconds, List<StageResult> stages, Optional<String> error) {
    this(name, seconds, stages, error, false);
  }

  /** {@code succeeded}, {@code stopped} by a signal, or {@code failed}. */
  public String status() {
    if (stopped) {
      return "stopped";
    }
    return error.isPresent() ? "failed" : "succeeded";
  }

  /** The file's content. */
  public String json() {
    ObjectNode summary = Json.object();
    summary.put("name", name);
    summary.put("status", status());
    summary.set("seconds", Json.seconds(seconds));
    ArrayNode list = summary.putArray("stages");
    stages.forEach(stage -> list.add(entry(stage)));
    summary.put("error", error.orElse(null));
    return Json.pretty(summary);
  }

  private static JsonNode entry(StageResult result) {
    ObjectNode entry = Json.object();
    entry.put("stage", result.stage());
    if (result instanceof StageResult.Train train) {
      entry.put("steps", train.steps());
      entry.set("first_loss", Json.number(train.firstLoss()));
      entry.set("last_loss", Json.number(train.lastLoss()));
      entry.set("tokens_per_second", Json.number(Math.round(train.tokensPerSecond() * 10) / 10.0));
    } else if (result instanceof StageResult.Evaluate evaluate) {
      entry.set("loss", Json.number(evaluate.loss()));
      entry.set("exact_match", Json.number(evaluate.exactMatch().orElse(Double.NaN)));
    } else if (result instanceof StageResult.Sample sample) {
      entry.put("completions", sample.completions());
      sample.reward().ifPresent(reward -> entry.set("reward", Json.number(reward)));
    } else if (result instanceof StageResult.Reinforce reinforce) {
      entry.put("steps", reinforce.steps());
      entry.set("first_reward", Json.number(reinforce.firstReward()));
      entry.set("last_reward", Json.number(reinforce.lastReward()));
    } else if (result instanceof StageResult.Save save) {
      entry.put("mode", save.mode());
      entry.put("path", save.path());
    }
    if (result.skippedPrompts() > 0) {
      entry.put("skipped_prompts", result.skippedPrompts());
    }
    return entry;
  }
}
