package ai.signal.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * 128 new tokens behind 1 and 16 prompts of 32 tokens: tokens per second, and the share of the time
 * that a plain read of the weights would take, once per step of a block.
 *
 * <pre>{@code mvn -q test-compile exec:exec@benchmark -Dbenchmark=Generation}</pre>
 */
final class GenerationBenchmark {
  private static final int ROWS = 8;
  private static final int PROMPT = 32;
  private static final int NEW = 128;

  private GenerationBenchmark() {}

  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory("signal-benchmark");
    try {
      ModelDirectory model = RandomModel.write(directory, RandomModel.LLAMA_135M);
      int threads = Runtime.getRuntime().availableProcessors();
      System.out.println(
          "dtype     prompts  threads  tokens/s  ms/step  read of the weights ms  share");
      for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16)) {
        try (Decoder decoder = Decoder.load(model, dtype, Device.cpu())) {
          double read = readSeconds(model.config().parameters() * dtype.bytes(), decoder, threads);
          for (int prompts : new int[] {1, 16}) {
            generate(decoder, prompts, threads); // warms up
            double seconds = generate(decoder, prompts, threads);
            int steps = (prompts + ROWS - 1) / ROWS * NEW;
            System.out.printf(
                "%-8s  %7d  %7d  %8.1f  %7.1f  %22.1f  %4.0f %%%n",
                dtype.specName(),
                prompts,
                threads,
                prompts * NEW / seconds,
                1e3 * seconds / steps,
                1e3 * read,
                100 * read * steps / seconds);
          }
        }
      }
    } finally {
      Files.deleteIfExists(directory.resolve("model.safetensors"));
      Files.deleteIfExists(directory.resolve("config.json"));
      Files.delete(directory);
    }
    System.exit(0); // libtorch's threads would keep the JVM
  }

  private static double generate(Decoder decoder, int prompts, int threads) {
    SplittableRandom random = new SplittableRandom(3);
    long start = System.nanoTime();
    for (int done = 0; done < prompts; done += ROWS) {
      try (NativeAdapter none = decoder.adapter(new float[0], AdapterShape.none(decoder.config()));
          Scope scope = decoder.scope(threads)) {
        KvCache cache = decoder.cache(scope, ROWS, KvCache.capacityFor(PROMPT + NEW));
        long[] tokens = new long[ROWS];
        long[] positions = new long[ROWS];
        for (int row = 0; row < Math.min(ROWS, prompts - done); row++) {
          int[] prompt = random.ints(PROMPT, 0, decoder.config().vocabSize()).toArray();
          Prefix prefix = decoder.prefill(scope, none, prompt);
          decoder.seat(scope, prefix, cache, row);
          tokens[row] = decoder.first(scope, none, prefix, new Draws(1)).tokens()[0];
          positions[row] = PROMPT;
        }
        for (int i = 1; i < NEW; i++) {
          try (Scope inner = scope.inner()) {
            tokens =
                decoder.decode(inner, none, tokens, positions, cache, new Draws(ROWS)).tokens();
          }
          for (int row = 0; row < Math.min(ROWS, prompts - done); row++) {
            positions[row]++;
          }
        }
      }
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /**
   * The fastest of several sums over as many bytes as the weights have, by as many threads as
   * generate.
   */
  private static double readSeconds(long bytes, Decoder decoder, int threads) {
    double[] seconds = new double[5];
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        Scope scope = decoder.scope(threads);
        NDArray memory = manager.ones(new Shape(bytes / 4), DataType.FLOAT32)) {
      scope.enter(false);
      for (int i = 0; i < seconds.length; i++) {
        long start = System.nanoTime();
        memory.sum().close();
        seconds[i] = (System.nanoTime() - start) / 1e9;
      }
    }
    return Arrays.stream(seconds).min().orElseThrow();
  }
}
