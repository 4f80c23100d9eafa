package ai.signal.cluster;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The GPUs that a replica of the base model is spread over, as {@code cluster.gpus} asks for them:
 * {@code auto}, a number, or a number of a model, such as {@code A100-80GB:2}.
 */
public final class GpuRequest {
  /** As few as hold the model and its micro-batches, of whatever kind there is. */
  public static final GpuRequest AUTO = new GpuRequest("", 0, 0);

  public static final String ALLOWED =
      "auto, a number of GPUs such as 2, or a number of a model such as A100-80GB:2";

  private static final long GIB = 1L << 30;
  private static final Pattern COUNT = Pattern.compile("[1-9]\\d{0,2}");
  private static final Pattern MODEL =
      Pattern.compile("([A-Za-z][A-Za-z0-9]*)(?:-([1-9]\\d{0,3})GB)?:(" + COUNT + ")");

  /** What each has, GiB, where a model comes in one size only (NVIDIA's data sheets). */
  private static final Map<String, Integer> SIZES =
      Map.ofEntries(
          Map.entry("T4", 16),
          Map.entry("A10", 24),
          Map.entry("A10G", 24),
          Map.entry("A30", 24),
          Map.entry("A40", 48),
          Map.entry("L4", 24),
          Map.entry("L40", 48),
          Map.entry("L40S", 48),
          Map.entry("H100", 80),
          Map.entry("H200", 141));

  private final String model; // that the driver's name has to contain; empty for any
  private final long memory; // bytes of each; 0 for any
  private final int count; // 0: as few as the memory estimate allows

  private GpuRequest(String model, long memory, int count) {
    this.model = model;
    this.memory = memory;
    this.count = count;
  }

  /**
   * Reads a request.
   *
   * @throws IllegalArgumentException saying what is allowed
   */
  public static GpuRequest parse(String text) {
    if (text.equals("auto")) {
      return AUTO;
    }
    if (COUNT.matcher(text).matches()) {
      return new GpuRequest("", 0, Integer.parseInt(text));
    }
    Matcher named = MODEL.matcher(text);
    if (!named.matches()) {
      throw new IllegalArgumentException(ALLOWED);
    }
    String model = named.group(1).toUpperCase(Locale.ROOT);
    Integer size = named.group(2) == null ? SIZES.get(model) : Integer.valueOf(named.group(2));
    if (size == null) {
      throw new IllegalArgumentException(
          "the model with its memory, such as %s-80GB:%s".formatted(model, named.group(3)));
    }
    return new GpuRequest(model, size * GIB, Integer.parseInt(named.group(3)));
  }

  /** How many; 0: as few as the memory estimate allows. */
  public int count() {
    return count;
  }

  /** Bytes of each that are asked for; 0 for any. */
  public long memory() {
    return memory;
  }

  /** Whether a GPU is of the kind; sizes in data sheets are round, drivers' are not. */
  boolean accepts(Gpu gpu) {
    boolean named =
        model.isEmpty()
            || Arrays.asList(gpu.name().toUpperCase(Locale.ROOT).split("[^A-Z0-9]+"))
                .contains(model);
    return named && (memory == 0 || Math.abs(gpu.memory() - memory) < memory / 8);
  }

  /** As a spec has it. */
  @Override
  @JsonValue
  public String toString() {
    if (count == 0) {
      return "auto";
    }
    return model.isEmpty()
        ? Integer.toString(count)
        : "%s-%dGB:%d".formatted(model, memory / GIB, count);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GpuRequest request && request.toString().equals(toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
