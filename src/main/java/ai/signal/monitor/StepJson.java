package ai.signal.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A step as a line of {@code metrics.jsonl} has it. */
final class StepJson {
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
