package ai.signal.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.ChildJvm;
import ai.signal.SparkExtension;
import ai.signal.client.SignalClient;
import ai.signal.client.SignalException;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import com.sun.jna.Function;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A process whose address space is really too small for a micro-batch. */
class NativeMemoryTest {
  private static final int LENGTH = 512;
  private static final long SPARE = 1L << 30;

  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      try (SignalClient signal = SignalClient.on(SparkExtension.start("local[2]", Map.of()))) {
        TrainingClient run =
            signal.createRun(
                RunConfig.of("builtin:tiny").lanes(1).tokensPerMicrobatch(1 << 16).build());
        List<Example> small = Collections.nCopies(2, example());
        run.forwardBackward(small, new CrossEntropy());
        run.zeroGrad();
        limitAddressSpace(addressSpace() + SPARE);
        try {
          run.forwardBackward(Collections.nCopies(120, example()), new CrossEntropy());
          System.out.println("computed");
        } catch (SignalException e) {
          System.out.println(e.getMessage());
        }
        run.forwardBackward(small, new CrossEntropy());
        run.optimStep(AdamW.of(1e-3));
        System.out.println(run.step());
      }
      System.exit(0);
    }

    private static Example example() {
      int[] tokens = new int[LENGTH];
      Arrays.fill(tokens, 7);
      float[] weights = new float[LENGTH];
      Arrays.fill(weights, 1);
      return new Example("long", tokens, tokens, weights);
    }

    private static long addressSpace() throws IOException {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmSize:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    }

    private static void limitAddressSpace(long bytes) {
      int addressSpace = 9; // RLIMIT_AS of Linux
      Object[] arguments = {addressSpace, new long[] {bytes, bytes}};
      int status = Function.getFunction("c", "setrlimit").invokeInt(arguments);
      if (status != 0) {
        throw new IllegalStateException("setrlimit failed: " + status);
      }
    }
  }

  @Test
  void theOperationEndsWithTheKeyToChangeAndTheRunGoesOn() throws IOException {
    List<String> lines = ChildJvm.run(Map.of(), List.of("-Xmx512m"), Child.class).lines().toList();

    assertThat(lines.get(0))
        .contains("no native memory for a micro-batch of 61440 tokens")
        .contains("lower tokens_per_microbatch")
        .contains("long");
    assertThat(lines.get(1)).isEqualTo("1");
  }
}
