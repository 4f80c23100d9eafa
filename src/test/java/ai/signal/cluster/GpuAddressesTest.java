package ai.signal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Spark hands each executor of a host with two GPUs one of them; a script pretends that they are
 * there.
 */
class GpuAddressesTest {
  @TempDir Path directory;

  /** Answers with the addresses that each of two tasks was given. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      Map<String, String> conf = new HashMap<>();
      conf.put("spark.worker.resource.gpu.amount", "2");
      conf.put(
          "spark.worker.resource.gpu.discoveryScript", Application.question(args, String.class));
      conf.put("spark.executor.resource.gpu.amount", "1");
      conf.put("spark.task.resource.gpu.amount", "1");
      conf.put("spark.executor.cores", "1");
      conf.put("spark.executor.memory", "512m");
      conf.put("spark.executor.extraJavaOptions", Application.JVM_OPTIONS);
      // Both executors are there before the first task.
      conf.put("spark.cores.max", "2");
      conf.put("spark.scheduler.minRegisteredResourcesRatio", "1.0");
      conf.put("spark.scheduler.maxRegisteredResourcesWaitingTime", "300s");
      Application.answer(() -> addresses(SparkExtension.start("local-cluster[1,2,1024]", conf)));
    }

    private static List<String> addresses(SparkSession spark) {
      return JavaSparkContext.fromSparkContext(spark.sparkContext())
          .parallelize(List.of(0, 1), 2)
          .map(task -> String.join(",", TaskContext.get().resourcesJMap().get("gpu").addresses()))
          .collect();
    }
  }

  @Test
  void twoExecutorsHaveAnAddressEach() throws IOException {
    Path script = directory.resolve("gpus.sh");
    Files.writeString(
        script,
        """
        #!/bin/sh
        echo '{"name": "gpu", "addresses": ["0", "1"]}'
        """);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));

    String[] addresses = Application.run(Child.class, script.toString(), String[].class);

    assertThat(addresses).containsExactlyInAnyOrder("0", "1");
  }
}
