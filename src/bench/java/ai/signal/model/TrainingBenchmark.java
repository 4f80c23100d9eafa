package ai.signal.model;

import ai.djl.Device;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Our step (trunk, head, loss, backward) beside the fused step on the same numbers, alternating in
 * one process. Prints the median of the paired ratios; times of one run compare with each other
 * only.
 *
 * <pre>{@code mvn -q test-compile exec:exec@benchmark -Dbenchmark=Training}</pre>
 */
final class TrainingBenchmark {
  private static final int RANK = 16;
  private static final double SCALING = 2;
  private static final int ROUNDS = 7;

  private TrainingBenchmark() {}

  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory("signal-benchmark");
    try {
      ModelDirectory model = RandomModel.write(directory, RandomModel.LLAMA_135M);
      System.out.println(
          "dtype     tokens  threads  ours tok/s  fused tok/s  time ratio  CPU ratio  loss ours / fused");
      for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16)) {
        for (int[] shape : new int[][] {{4, 256}, {1, 1024}}) {
          compare(model, dtype, shape[0], shape[1], Runtime.getRuntime().availableProcessors());
        }
      }
    } finally {
      delete(directory);
    }
    System.exit(0); // libtorch's threads would keep the JVM
  }

  private static void compare(
      ModelDirectory model, DType dtype, int sequences, int length, int threads)
      throws IOException {
    int[] ranks = new int[7 * model.config().layers() + 1];
    Arrays.fill(ranks, 0, ranks.length - 1, RANK);
    SplittableRandom random = new SplittableRandom(2);
    float[] adapter = adapter(model.config(), random);
    List<int[]> tokens = new ArrayList<>();
    for (int i = 0; i < sequences; i++) {
      tokens.add(random.ints(length, 0, model.config().vocabSize()).toArray());
    }
    long[] targets =
        random.longs((long) sequences * length, 0, model.config().vocabSize()).toArray();
    Packing packing = Packing.of(tokens);
    try (Decoder decoder = Decoder.load(model, dtype, Device.cpu());
        NativeAdapter shared = decoder.adapter(adapter, AdapterShape.lora(ranks, SCALING));
        FusedStep fused = new FusedStep(model, dtype, adapter, RANK, SCALING, sequences, length)) {
      double[] times = new double[ROUNDS];
      double[] cpus = new double[ROUNDS];
      double best = Double.MAX_VALUE;
      double bestFused = Double.MAX_VALUE;
      float loss = 0;
      float fusedLoss = 0;
      for (int round = -1; round < ROUNDS; round++) { // the first pair warms up
        long[] start = now();
        loss = step(decoder, shared, packing, targets, adapter.length, threads);
        long[] middle = now();
        fusedLoss = fused.run(threads, packing.tokens(), targets);
        long[] end = now();
        if (round >= 0) {
          times[round] = (double) (middle[0] - start[0]) / (end[0] - middle[0]);
          cpus[round] = (double) (middle[1] - start[1]) / (end[1] - middle[1]);
          best = Math.min(best, (middle[0] - start[0]) / 1e9);
          bestFused = Math.min(bestFused, (end[0] - middle[0]) / 1e9);
        }
      }
      int n = sequences * length;
      System.out.printf(
          "%-8s  %dx%-4d  %7d  %10.0f  %11.0f  %10.3f  %9.3f  %.4f / %.4f%n",
          dtype.specName(),
          sequences,
          length,
          threads,
          n / best,
          n / bestFused,
          median(times),
          median(cpus),
          loss,
          fusedLoss);
    }
  }

  private static float step(
      Decoder decoder,
      NativeAdapter adapter,
      Packing packing,
      long[] targets,
      int size,
      int threads) {
    int n = targets.length;
    long[] rows = new long[n];
    Arrays.setAll(rows, i -> i);
    try (Scope scope = decoder.scope(threads)) {
      NativeGradient gradient = decoder.gradient(scope, size);
      Trunk trunk = decoder.trunk(scope, adapter, packing, Dropout.NONE, false);
      Head head = decoder.head(scope, trunk, rows, targets, true);
      float[] logprobs = head.logprobs();
      float[] coefficients = new float[n];
      Arrays.fill(coefficients, -1f / n);
      decoder.backward(scope, trunk, head, coefficients, gradient);
      gradient.toArray();
      double sum = 0;
      for (float logprob : logprobs) {
        sum -= logprob;
      }
      return (float) (sum / n);
    }
  }

  private static float[] adapter(ModelConfig config, SplittableRandom random) {
    int size = 0;
    for (int[] shape : FusedStep.shapes(config)) {
      size += RANK * (shape[0] + shape[1]);
    }
    float[] adapter = new float[size * config.layers()];
    for (int i = 0; i < adapter.length; i++) {
      adapter[i] = (float) ((random.nextDouble() - 0.5) * 0.07);
    }
    return adapter;
  }

  /** Wall clock and the process's CPU time, nanoseconds. */
  private static long[] now() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new long[] {System.nanoTime(), system.getProcessCpuTime()};
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static void delete(Path directory) throws IOException {
    for (String name : List.of("model.safetensors", "config.json")) {
      Files.deleteIfExists(directory.resolve(name));
    }
    Files.delete(directory);
  }
}
