package ai.signal.cluster;

import ai.signal.data.LocalProperties;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/**
 * What the Spark jobs of one run have in common.
 *
 * @param pool that they are scheduled in: under {@code spark.scheduler.mode=FAIR} the pools of
 *     several runs take turns
 * @param alike what their executors have to be like; empty where they may differ
 */
public record RunJobs(String pool, Optional<Fingerprint> alike) {
  private static final String POOL = "spark.scheduler.pool";

  /**
   * Those of a run.
   *
   * @param name of the run
   * @param id of the run: runs of one name have pools of their own too
   */
  public static RunJobs of(String name, String id, Optional<Fingerprint> alike) {
    return new RunJobs(name + "-" + id.substring(0, 8), alike);
  }

  /** Does work whose Spark jobs belong to the run. */
  public <R> R during(SparkContext spark, Supplier<R> work) {
    Map<String, String> properties = new HashMap<>();
    properties.put(POOL, pool);
    properties.put(Preflight.ALIKE, alike.map(Fingerprint::text).orElse(null));
    return LocalProperties.during(spark, properties, work);
  }
}
