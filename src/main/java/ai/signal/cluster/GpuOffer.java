package ai.signal.cluster;

import org.apache.spark.SparkConf;

/**
 * The GPUs that Spark was told to give to an executor, known before it starts.
 *
 * @param perExecutor 0: none
 * @param key of Spark's that says how many
 * @param perTask that the application's own tasks have: below 1 they share
 */
public record GpuOffer(int perExecutor, String key, double perTask) {
  private static final String TASK = "spark.task.resource.gpu.amount";

  /** An application's. */
  public static GpuOffer of(SparkConf conf) {
    boolean local = conf.get("spark.master", "local[*]").matches("local(\\[.*)?");
    String key = "spark.%s.resource.gpu.amount".formatted(local ? "driver" : "executor");
    return new GpuOffer(conf.getInt(key, 0), key, local ? 1 : conf.getDouble(TASK, 1));
  }

  /**
   * Nothing, where a request can be met as far as is known before there are executors.
   *
   * @throws ClusterException otherwise
   */
  public void check(ComputeDevice device, GpuRequest request) {
    if (device == ComputeDevice.CPU) {
      if (request.count() > 0) {
        throw GpuPlan.refused(request, "cluster.device is cpu");
      }
      return;
    }
    if (perExecutor == 0 && (device == ComputeDevice.GPU || request.count() > 0)) {
      throw new ClusterException(
          "Cannot compute on GPUs: Spark gives executors none (set %s and a discovery script, see conf/; or cluster.device: cpu)"
              .formatted(key));
    }
    if (request.count() > perExecutor) {
      throw GpuPlan.refused(
          request,
          "an executor has %d (%s); offer more, or ask for fewer".formatted(perExecutor, key));
    }
    if (perExecutor > 1 && perTask < 1) {
      throw new ClusterException(
          "Cannot give lanes GPUs of their own: %s = %s lets tasks share each of the %d (set it to 1)"
              .formatted(TASK, perTask, perExecutor));
    }
  }
}
