package ai.signal.train;

import ai.signal.cluster.AdapterRef;
import ai.signal.cluster.LaneException;
import ai.signal.cluster.LaneResources;
import ai.signal.cluster.Lanes;
import ai.signal.cluster.ReplicaSpec;
import ai.signal.data.Example;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/** Log-probabilities of examples' targets as a Spark job of its own. */
public final class ForwardJob {
  private ForwardJob() {}

  /**
   * Log-probabilities in the order of the examples: of each, [n] nats, NaN where a target weighs 0.
   *
   * @param description what a person reads in the Spark UI
   * @param adapter the version to compute with
   * @param resources of each task
   * @param lanes that the examples are divided over
   * @param threads intra-op threads of each
   * @param tokensPerMicrobatch tokens that go through the model at once
   */
  public static List<float[]> logprobs(
      JavaSparkContext spark,
      String description,
      ReplicaSpec model,
      AdapterRef adapter,
      List<Example> batch,
      LaneResources resources,
      int lanes,
      int threads,
      int tokensPerMicrobatch) {
    LaneStep work =
        new LaneStep(
            model,
            adapter,
            null,
            new CrossEntropy(),
            0,
            0,
            threads,
            tokensPerMicrobatch,
            false,
            false);
    List<LaneInput> inputs = LaneSplit.balanced(batch, lanes);
    try {
      return Run.inBatchOrder(inputs, Lanes.run(spark, description, resources, inputs, work::run));
    } catch (LaneException e) {
      throw new TrainingException(e.getMessage(), e);
    }
  }
}
