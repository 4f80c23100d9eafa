package ai.signal.job;

import ai.signal.client.AsyncTrainingClient;
import ai.signal.client.SignalFuture;
import ai.signal.data.BatchPlan;
import ai.signal.data.DataSpec;
import ai.signal.data.LaneDataset;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.Loss;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The loss of the run's adapter on held-out examples. */
final class HeldOut {
  /** Examples of one Spark job, for each lane. */
  private static final int EXAMPLES_PER_LANE = 256;

  private final LaneDataset data;
  private final BatchPlan plan;
  private final Loss loss;

  private HeldOut(LaneDataset data, BatchPlan plan, Loss loss) {
    this.data = data;
    this.plan = plan;
    this.loss = loss;
  }

  /**
   * Prepares the examples.
   *
   * @param length tokens of an example, longer ones are cut
   */
  static HeldOut prepare(JobContext job, DataSpec spec, int length, Loss loss) {
    int lanes = job.spec().cluster().lanes();
    LaneDataset data =
        LaneDataset.prepare(
            job.spark(), spec, job.spec().model().base(), lanes, job.output().location());
    job.listener().noted(DataNote.of(data, length, spec.onLong()));
    return new HeldOut(data, data.plan(EXAMPLES_PER_LANE * lanes, job.spec().seed(), false), loss);
  }

  /** Measures behind the operations before. */
  Measured measure(AsyncTrainingClient run) {
    List<SignalFuture<ForwardBackwardResult>> parts = new ArrayList<>();
    for (long step = 0; step < plan.stepsPerEpoch(); step++) {
      parts.add(run.forward(data, plan, step, loss));
    }
    return new Measured(parts);
  }

  /** What is being measured. */
  record Measured(List<SignalFuture<ForwardBackwardResult>> parts) {
    /** The mean over all that counts, not the mean of batches; waits for it. */
    double loss() {
      return means().get("loss");
    }

    /** The loss and its metrics, by name; waits for them. */
    Map<String, Double> means() {
      Map<String, Double> sums = new TreeMap<>();
      double denominator = 0;
      for (SignalFuture<ForwardBackwardResult> part : parts) {
        ForwardBackwardResult result = part.result();
        denominator += result.denominator();
        sums.merge("loss", result.lossSum(), Double::sum);
        result
            .metrics()
            .forEach((name, mean) -> sums.merge(name, mean * result.denominator(), Double::sum));
      }
      double count = denominator;
      sums.replaceAll((name, sum) -> sum / count);
      return sums;
    }
  }
}
