package ai.signal.cluster;

import ai.signal.data.JobDescription;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Work of logical data-parallel workers as an ordinary Spark stage: a task per lane, wherever
 * executors are. Spark runs a lost or failed task again; a {@link LaneRefusal} it does not.
 */
public final class Lanes {
  private Lanes() {}

  /** What a lane does, on an executor. */
  @FunctionalInterface
  public interface Work<I extends Serializable, O extends Serializable> extends Serializable {
    /**
     * Does it.
     *
     * @param lane number of the lane
     * @param vectors takes the lane's vector
     * @return something small
     */
    O call(int lane, I input, LaneOutbox vectors);
  }

  /**
   * Runs every lane and returns their results in lane order, once all have succeeded.
   *
   * @param description what a person reads in the Spark UI
   * @param inputs one per lane
   * @param resources of each lane
   * @throws LaneException when a lane refused, or failed for good
   */
  public static <I extends Serializable, O extends Serializable> List<O> run(
      JavaSparkContext spark,
      String description,
      LaneResources resources,
      List<I> inputs,
      Work<I, O> work) {
    Operation<I, O> operation =
        new Operation<>(spark, description, resources, inputs, work, Transport.FLOAT32);
    return named(spark, description, true, () -> operation.collect(0).values());
  }

  /**
   * Runs every lane and adds up their vectors, in float32 and in lane order: {@code l0 + l1 + ...}.
   * Many bytes are added up on their way by reducers, so that the driver receives one vector
   * whatever the number of lanes; which way they take changes no bit.
   *
   * @param resources of each lane
   * @param size of each lane's vector
   * @param transport of the lanes' values
   * @throws LaneException when a lane refused, or failed for good
   */
  public static <I extends Serializable, O extends Serializable> Reduced<O> reduce(
      JavaSparkContext spark,
      String description,
      LaneResources resources,
      List<I> inputs,
      Work<I, O> work,
      int size,
      Transport transport) {
    Operation<I, O> operation =
        new Operation<>(spark, description, resources, inputs, work, transport);
    ReductionPath path =
        ReductionPath.of(spark.getConf(), inputs.size(), (long) size * transport.bytes());
    return named(
        spark,
        description,
        !path.shuffled(),
        () ->
            path.shuffled() ? operation.shuffle(size, path.mostAtOnce()) : operation.collect(size));
  }

  private static <R> R named(
      JavaSparkContext spark, String description, boolean tasksAreLanes, Supplier<R> operation) {
    try {
      return JobDescription.during(spark.sc(), description, operation);
    } catch (Exception e) { // Spark's Java face throws a checked exception without declaring it
      if (e instanceof SparkException failure) {
        throw LaneException.failed(description, tasksAreLanes, failure);
      }
      throw e;
    }
  }

  private record Operation<I extends Serializable, O extends Serializable>(
      JavaSparkContext spark,
      String description,
      LaneResources resources,
      List<I> inputs,
      Work<I, O> work,
      Transport transport) {

    /** Every lane's blocks come to the driver. */
    Reduced<O> collect(int size) {
      Cut cut = Cut.of(size, 1);
      JavaRDD<byte[]> results = outputs(cut).flatMap(output -> output.all().iterator());
      List<List<byte[]>> lanes = job(results, 0, lanes());
      List<O> values = values(lanes.stream().map(lane -> lane.get(0)).toList());
      List<FloatBlocks> vectors =
          lanes.stream()
              .map(lane -> FloatBlocks.received(cut, transport, lane.subList(1, lane.size())))
              .toList();
      return new Reduced<>(values, new LaneSum(vectors));
    }

    /** The sums' blocks come to the driver, in as many jobs as it can receive them in. */
    Reduced<O> shuffle(int size, long mostAtOnce) {
      ShuffledSum sum = ShuffledSum.of(lanes(), size, transport, mostAtOnce);
      JavaRDD<byte[]> results = sum.over(outputs(sum.cut()));
      try {
        int share = (size + sum.reducers() - 1) / sum.reducers();
        int together =
            (int) Math.max(1, Math.min(sum.reducers(), mostAtOnce / share / Float.BYTES));
        List<byte[]> received = new ArrayList<>();
        for (int from = 0; from < sum.reducers(); from += together) {
          int to = Math.min(sum.reducers(), from + together);
          job(results, from, to).forEach(received::addAll);
          if (from == 0) { // a refusal ends it here
            values(received.subList(0, lanes()));
          }
        }
        List<byte[]> blocks = received.subList(lanes(), received.size());
        return new Reduced<>(
            values(received.subList(0, lanes())),
            new LaneSum(List.of(FloatBlocks.received(sum.cut(), Transport.FLOAT32, blocks))));
      } finally {
        results.rdd().cleanShuffleDependencies(false);
      }
    }

    private int lanes() {
      return inputs.size();
    }

    private JavaRDD<LaneTask.Output> outputs(Cut cut) {
      List<byte[]> lanes = new ArrayList<>();
      for (int lane = 0; lane < lanes(); lane++) {
        lanes.add(JavaBytes.of(new LaneTask.Lane<>(lane, inputs.get(lane))));
      }
      LaneTask<I, O> task = new LaneTask<>(work, cut, transport);
      return resources.over(spark.parallelize(lanes, lanes.size()).map(task::run));
    }

    private static List<List<byte[]>> job(JavaRDD<byte[]> results, int from, int to) {
      return List.of(results.collectPartitions(IntStream.range(from, to).toArray()));
    }

    private List<O> values(List<byte[]> outcomes) {
      List<O> values = new ArrayList<>();
      for (int lane = 0; lane < outcomes.size(); lane++) {
        LaneOutcome outcome = (LaneOutcome) JavaBytes.read(outcomes.get(lane));
        if (outcome instanceof LaneOutcome.Refused refused) {
          throw LaneException.refused(description, lane, refused.message());
        }
        @SuppressWarnings("unchecked") // what the work returned
        O value = (O) ((LaneOutcome.Done) outcome).value();
        values.add(value);
      }
      return values;
    }
  }
}
