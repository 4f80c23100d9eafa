package ai.signal.monitor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** What the GPUs of a run did, a line for each. */
final class GpuSummary {
  private GpuSummary() {}

  /** The lines, in the order in which the GPUs were first seen; what was never told is left out. */
  static List<String> lines(List<StepMetrics> steps) {
    Map<String, List<GpuReading>> gpus = new LinkedHashMap<>();
    for (StepMetrics step : steps) {
      for (GpuReading gpu : step.gpus()) {
        gpus.computeIfAbsent(
                "Executor %s · GPU %d".formatted(gpu.executor(), gpu.index()),
                name -> new ArrayList<>())
            .add(gpu);
      }
    }
    return gpus.entrySet().stream().map(gpu -> line(gpu.getKey(), gpu.getValue())).toList();
  }

  private static String line(String name, List<GpuReading> readings) {
    List<String> parts = new ArrayList<>(List.of(name));
    add(parts, "%,.0f MiB", values(readings, GpuReading::memoryTotalMib).max());
    add(parts, "up to %,.0f MiB used", values(readings, GpuReading::memoryUsedMib).max());
    add(
        parts,
        "utilisation %.0f %% on average",
        values(readings, GpuReading::utilizationPercent).average());
    add(parts, "up to %.0f °C", values(readings, GpuReading::temperatureC).max());
    add(parts, "%.0f W on average", values(readings, GpuReading::powerW).average());
    return String.join(" · ", parts);
  }

  private static DoubleStream values(
      List<GpuReading> readings, ToDoubleFunction<GpuReading> value) {
    return readings.stream().mapToDouble(value).filter(Double::isFinite);
  }

  private static void add(List<String> parts, String pattern, OptionalDouble value) {
    value.ifPresent(number -> parts.add(String.format(Locale.ROOT, pattern, number)));
  }
}
