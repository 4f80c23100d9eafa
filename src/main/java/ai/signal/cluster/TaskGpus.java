package ai.signal.cluster;

import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceInformation;

/** The addresses of the GPUs that a task may use. */
final class TaskGpus {
  /** In local mode Spark gives tasks nothing: they use what it gave the driver. */
  private static volatile List<String> driver = List.of();

  private TaskGpus() {}

  /** Those that the driver has, for the tasks that run in its own process. */
  static List<String> ofLocalMode(JavaSparkContext spark) {
    driver = spark.isLocal() ? addresses(spark.resources().get("gpu")) : List.of();
    return driver;
  }

  static List<String> of(TaskContext task) {
    ResourceInformation given = task == null ? null : task.resourcesJMap().get("gpu");
    return given == null ? driver : addresses(given);
  }

  static List<String> addresses(ResourceInformation gpus) {
    return gpus == null ? List.of() : List.of(gpus.addresses());
  }
}
