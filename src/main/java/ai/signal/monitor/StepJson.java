package ai.signal.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A step as a line of {@code metrics.jsonl} has it. */
final class StepJson {
  private static final Set<String> KEYS =
      Set.of(
          "step",
          "epoch",
          "loss",
          "learning_rate",
          "grad_norm",
          "tokens",
          "loss_tokens",
          "tokens_per_second",
          "seconds",
          "gpus");

  private StepJson() {}

  static ObjectNode of(StepMetrics step) {
    ObjectNode line = Json.object();
    line.put("step", step.step());
    line.set("epoch", Json.rounded(step.epoch(), 1e6));
    line.set("loss", Json.number(step.loss()));
    line.set("learning_rate", Json.number(step.learningRate()));
    line.set("grad_norm", Json.number(step.gradNorm()));
    line.put("tokens", step.tokens());
    line.put("loss_tokens", step.lossTokens());
    line.set("tokens_per_second", Json.rounded(step.tokensPerSecond(), 10));
    ObjectNode seconds = line.putObject("seconds");
    seconds.set("prepare", Json.seconds(step.seconds().prepare()));
    seconds.set("compute", Json.seconds(step.seconds().compute()));
    seconds.set("reduce", Json.seconds(step.seconds().reduce()));
    seconds.set("optimize", Json.seconds(step.seconds().optimize()));
    step.metrics().forEach((name, value) -> line.set(name, Json.number(value)));
    if (!step.gpus().isEmpty()) {
      ArrayNode gpus = line.putArray("gpus");
      step.gpus().forEach(gpu -> gpus.add(of(gpu)));
    }
    return line;
  }

  /** A step from its line; what was rounded stays so, what was not finite is NaN. */
  static StepMetrics read(JsonNode line) {
    Map<String, Double> metrics = new TreeMap<>();
    line.fields()
        .forEachRemaining(
            field -> {
              if (!KEYS.contains(field.getKey())) {
                metrics.put(field.getKey(), number(field.getValue()));
              }
            });
    JsonNode seconds = line.path("seconds");
    List<GpuReading> gpus = new ArrayList<>();
    line.path("gpus").forEach(gpu -> gpus.add(reading(gpu)));
    return new StepMetrics(
        line.path("step").longValue(),
        number(line.path("epoch")),
        number(line.path("loss")),
        number(line.path("learning_rate")),
        number(line.path("grad_norm")),
        line.path("tokens").longValue(),
        line.path("loss_tokens").longValue(),
        number(line.path("tokens_per_second")),
        new StepMetrics.Seconds(
            number(seconds.path("prepare")),
            number(seconds.path("compute")),
            number(seconds.path("reduce")),
            number(seconds.path("optimize"))),
        metrics,
        gpus);
  }

  private static double number(JsonNode value) {
    return value.isNumber() ? value.doubleValue() : Double.NaN;
  }

  private static GpuReading reading(JsonNode gpu) {
    return new GpuReading(
        gpu.path("executor").textValue(),
        gpu.path("index").intValue(),
        number(gpu.path("memory_used_mib")),
        number(gpu.path("memory_total_mib")),
        number(gpu.path("utilization_percent")),
        number(gpu.path("temperature_c")),
        number(gpu.path("power_w")));
  }

  private static ObjectNode of(GpuReading gpu) {
    ObjectNode entry = Json.object();
    entry.put("executor", gpu.executor());
    entry.put("index", gpu.index());
    entry.set("memory_used_mib", Json.number(gpu.memoryUsedMib()));
    entry.set("memory_total_mib", Json.number(gpu.memoryTotalMib()));
    entry.set("utilization_percent", Json.number(gpu.utilizationPercent()));
    entry.set("temperature_c", Json.number(gpu.temperatureC()));
    entry.set("power_w", Json.number(gpu.powerW()));
    return entry;
  }
}
