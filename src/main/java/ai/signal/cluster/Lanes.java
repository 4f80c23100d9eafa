package ai.signal.cluster;

import ai.signal.data.JobDescription;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;

/**
 * Work of logical data-parallel workers as an ordinary Spark stage: a task per lane, wherever
 * executors are.
 */
public final class Lanes {
  private Lanes() {}

  /**
   * Runs every lane and returns their results in lane order, once all have succeeded. Spark runs a
   * lost task again.
   *
   * @param description what a person reads in the Spark UI
   * @param inputs one per lane
   * @param work from lane number and input to result; serializable
   */
  public static <I, O> List<O> run(
      JavaSparkContext spark, String description, List<I> inputs, Function2<Integer, I, O> work) {
    return JobDescription.during(
        spark.sc(),
        description,
        () -> {
          List<Lane<I>> lanes = new ArrayList<>();
          for (int i = 0; i < inputs.size(); i++) {
            lanes.add(new Lane<>(i, inputs.get(i)));
          }
          return spark
              .parallelize(lanes, lanes.size())
              .map(lane -> work.call(lane.number(), lane.input()))
              .collect();
        });
  }

  private record Lane<I>(int number, I input) implements Serializable {}
}
