package ai.signal.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against scripts that print what NVIDIA's command prints. */
class NvidiaSmiTest {
  private static final String TWO =
      """
      0, GPU-5a1c9a2e-0000-1111-2222-333344445555, 71234, 81559, 97, 61, 402.17
      1, GPU-77777777-0000-1111-2222-333344445555, 4, 81559, 0, 33, 68.40
      """;

  @TempDir Path directory;

  @Test
  void readsWhatTheDriverTells() throws IOException {
    assertThat(printing(TWO, 0).read("7", List.of()))
        .containsExactly(
            new GpuReading("7", 0, 71234, 81559, 97, 61, 402.17),
            new GpuReading("7", 1, 4, 81559, 0, 33, 68.40));
  }

  @Test
  void onlyTheGpusOfTheExecutorCount() throws IOException {
    assertThat(printing(TWO, 0).read("7", List.of("1")))
        .extracting(GpuReading::index)
        .containsExactly(1);
    assertThat(printing(TWO, 0).read("7", List.of("GPU-5a1c9a2e-0000-1111-2222-333344445555")))
        .extracting(GpuReading::index)
        .containsExactly(0);
    assertThat(printing(TWO, 0).read("7", List.of("2"))).isEmpty();
  }

  @Test
  void whatTheDriverDoesNotTellIsNoNumber() throws IOException {
    String some =
        """
        0, GPU-1, [N/A], [Not Supported], [N/A], N/A, [Unknown Error]
        1, GPU-2, 512, 16384, [N/A], 41, [Insufficient Permissions]
        """;
    assertThat(printing(some, 0).read("0", List.of()))
        .containsExactly(
            new GpuReading("0", 0, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN),
            new GpuReading("0", 1, 512, 16384, Double.NaN, 41, Double.NaN));
  }

  @Test
  void whatIsNoRowIsPassedOver() throws IOException {
    String warned =
        "Warning: persistence mode is disabled on device 0\n0, GPU-1, 5, 10, 0, 30, 9.99\n";
    assertThat(printing(warned, 0).read("0", List.of())).hasSize(1);
    assertThat(printing("No devices were found\n", 0).read("0", List.of())).isEmpty();
    assertThat(printing("", 0).read("0", List.of())).isEmpty();
  }

  @Test
  void aCommandThatFailsSaysWhy() throws IOException {
    String failed =
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure"
            + " that the latest NVIDIA driver is installed and running.\n\n";
    NvidiaSmi command = printing(failed, 9);
    assertThatThrownBy(() -> command.read("0", List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "Cannot read GPUs: " + command.command() + " ended with 9: NVIDIA-SMI has failed");
    assertThatThrownBy(() -> new NvidiaSmi(directory + "/none").read("0", List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(directory + "/none");
  }

  private NvidiaSmi printing(String output, int status) throws IOException {
    Path script = directory.resolve("nvidia-smi");
    Files.writeString(
        script,
        "#!/bin/sh\ncat <<'EOF'\n" + output.stripTrailing() + "\nEOF\nexit " + status + "\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return new NvidiaSmi(script.toString());
  }
}
