package ai.signal.cluster;

import org.apache.spark.SparkConf;

/**
 * The GPUs that Spark was told to give to an executor, known before it starts.
 *
 * @param perExecutor 0: none
 * @param key of Spark's that says how many
 */
public record GpuOffer(int perExecutor, String key) {
  private static final String TASK = "spark.task.resource.gpu.amount";

  /**
   * An application's.
   *
   * @throws ClusterException where tasks could be given the same one of several GPUs
   */
  public static GpuOffer of(SparkConf conf) {
    boolean local = conf.get("spark.master", "local[*]").matches("local(\\[.*)?");
    String key = "spark.%s.resource.gpu.amount".formatted(local ? "driver" : "executor");
    int amount = conf.getInt(key, 0);
    if (!local && amount > 1 && conf.getDouble(TASK, 1) < 1) {
      throw new ClusterException(
          "Cannot give lanes GPUs of their own: %s = %s lets tasks share each of the %d (set it to 1)"
              .formatted(TASK, conf.get(TASK), amount));
    }
    return new GpuOffer(amount, key);
  }

  /**
   * Nothing, where a request can be met as far as is known before there are executors.
   *
   * @throws ClusterException otherwise
   */
  public void check(ComputeDevice device, GpuRequest request) {
    boolean asked = device == ComputeDevice.GPU || request.count() > 0;
    if (device == ComputeDevice.CPU && request.count() > 0) {
      throw GpuPlan.refused(request, "cluster.device is cpu");
    }
    if (asked && perExecutor == 0) {
      throw GpuPlan.refused(
          request,
          "Spark gives executors no GPU (%s and a discovery script, see conf/)".formatted(key));
    }
    if (request.count() > perExecutor) {
      throw GpuPlan.refused(
          request,
          "an executor has %d (%s); offer more, or ask for fewer".formatted(perExecutor, key));
    }
  }
}
