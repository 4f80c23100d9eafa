package ai.signal.cluster;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * What Spark gives the task of a lane.
 *
 * @param gpus all of a replica's; 0: the lane computes on the CPU
 * @param cpus of Spark's; 0: what the application's tasks have
 */
public record LaneResources(int gpus, int cpus) {
  /** A lane on the CPU; also any lane in local mode, where Spark has no resources to give. */
  public static final LaneResources NONE = new LaneResources(0, 0);

  /** Every profile that is built gets a number of its own, and under some settings executors. */
  private static final Map<LaneResources, ResourceProfile> PROFILES = new ConcurrentHashMap<>();

  /**
   * Those of an executor's tasks, each with the GPUs of a replica. Below Spark 4 a task that asks
   * for one GPU may be given a part of it where the application's own tasks have parts
   * (SPARK-45527): more than half of the cores keep a second one away.
   *
   * @param perReplica GPUs, at least 1
   * @param perExecutor GPUs, at least as many
   * @param cores of an executor
   */
  static LaneResources gpus(int perReplica, int perExecutor, int cores) {
    int replicas = perExecutor / perReplica;
    return new LaneResources(
        perReplica, replicas == 1 ? cores / 2 + 1 : Math.max(1, cores / replicas));
  }

  /** Tasks of a stage, with these resources. */
  <T> JavaRDD<T> over(JavaRDD<T> tasks) {
    return gpus == 0 ? tasks : tasks.withResources(profile());
  }

  private ResourceProfile profile() {
    return PROFILES.computeIfAbsent(
        this,
        resources ->
            new ResourceProfileBuilder()
                .require(new TaskResourceRequests().cpus(cpus).resource("gpu", gpus))
                .build());
  }
}
