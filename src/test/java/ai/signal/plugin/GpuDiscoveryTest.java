package ai.signal.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** conf/gpu-discovery.sh against scripts that print what NVIDIA's command prints. */
class GpuDiscoveryTest {
  private static final Path SCRIPT = Path.of("conf/gpu-discovery.sh").toAbsolutePath();

  @TempDir Path directory;

  private record Result(int status, String out, String err) {}

  @Test
  void sparkReadsTheAddresses() throws Exception {
    Result two = discover("0\n1\n", 0);
    assertThat(two.out).isEqualTo("{\"name\": \"gpu\", \"addresses\": [\"0\",\"1\"]}\n");
    ResourceInformation gpus = ResourceInformation.parseJson(two.out.strip());
    assertThat(gpus.name()).isEqualTo("gpu");
    assertThat(gpus.addresses()).containsExactly("0", "1");
    assertThat(discover("Warning: something\n 7\n", 0).out)
        .isEqualTo("{\"name\": \"gpu\", \"addresses\": [\"7\"]}\n");
  }

  @Test
  void withoutGpusItSaysWhy() throws Exception {
    assertRefused(
        discover("No devices were found\n", 0),
        "nvidia-smi finds no GPU on this host: No devices were found");
    assertRefused(discover("", 0), "nvidia-smi finds no GPU on this host");
    assertRefused(
        discover("NVIDIA-SMI has failed because it couldn't communicate\nwith the driver\n", 9),
        "nvidia-smi failed: NVIDIA-SMI has failed because it couldn't communicate");
    Result none = run(Map.of("NVIDIA_SMI", directory + "/none"));
    assertRefused(none, "no " + directory + "/none on this host");
  }

  private static void assertRefused(Result result, String message) {
    assertThat(result.status).isNotZero();
    assertThat(result.out).isEmpty();
    assertThat(result.err).hasLineCount(1).contains(message);
  }

  private Result discover(String output, int status) throws Exception {
    nvidiaSmi(output, status);
    return run(Map.of("PATH", directory + ":" + System.getenv("PATH")));
  }

  private Path nvidiaSmi(String output, int status) throws IOException {
    Path script = directory.resolve("nvidia-smi");
    Files.writeString(script, "#!/bin/sh\ncat <<'EOF'\n" + output + "EOF\nexit " + status + "\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return script;
  }

  private static Result run(Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(SCRIPT.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out, err);
  }
}
