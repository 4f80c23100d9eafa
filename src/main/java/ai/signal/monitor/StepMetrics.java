package ai.signal.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One optimizer step: a line of {@code metrics.jsonl}.
 *
 * @param step the run's optim_steps so far, this one included, whether they changed something or
 *     not
 * @param epoch passes over the data so far; NaN where nobody counts
 * @param loss mean in nats per weighted token
 * @param learningRate of this step
 * @param gradNorm global L2 norm before clipping; not finite where the step was skipped
 * @param tokens computed
 * @param lossTokens tokens with a weight above 0
 * @param tokensPerSecond {@code tokens} over the wall time of the step
 * @param seconds where the time went
 * @param metrics of the loss and of the stage, by name
 * @param gpus as they were told last; none where there are none, or nobody tells
 */
public record StepMetrics(
    long step,
    double epoch,
    double loss,
    double learningRate,
    double gradNorm,
    long tokens,
    long lossTokens,
    double tokensPerSecond,
    Seconds seconds,
    Map<String, Double> metrics,
    List<GpuReading> gpus) {

  public StepMetrics {
    metrics = new TreeMap<>(metrics);
    gpus = List.copyOf(gpus);
  }

  /** As a line of {@code metrics.jsonl}. */
  public ObjectNode json() {
    return StepJson.of(this);
  }

  /** Of a line of {@code metrics.jsonl}; what was rounded stays so, what was not finite is NaN. */
  public static StepMetrics of(JsonNode line) {
    return StepJson.read(line);
  }

  /** With another number. */
  public StepMetrics with(String name, double value) {
    Map<String, Double> all = new TreeMap<>(metrics);
    all.put(name, value);
    return new StepMetrics(
        step,
        epoch,
        loss,
        learningRate,
        gradNorm,
        tokens,
        lossTokens,
        tokensPerSecond,
        seconds,
        all,
        gpus);
  }

  /**
   * As part of something longer.
   *
   * @param passes over the data so far
   * @param wall seconds that the whole of it took
   */
  public StepMetrics within(double passes, double wall) {
    return new StepMetrics(
        step,
        passes,
        loss,
        learningRate,
        gradNorm,
        tokens,
        lossTokens,
        tokens / wall,
        seconds,
        metrics,
        gpus);
  }

  /** Wall seconds on the driver's clock. */
  public record Seconds(double prepare, double compute, double reduce, double optimize) {}
}
