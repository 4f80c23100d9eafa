package ai.signal.cluster;

import ai.signal.data.JobDescription;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
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
  public static <I extends Serializable, O extends Serializable> List<O> run(
      JavaSparkContext spark, String description, List<I> inputs, Function2<Integer, I, O> work) {
    return JobDescription.during(
        spark.sc(),
        description,
        () -> {
          List<byte[]> lanes = new ArrayList<>();
          for (int i = 0; i < inputs.size(); i++) {
            lanes.add(bytes(new Lane<>(i, inputs.get(i))));
          }
          List<byte[]> results =
              spark
                  .parallelize(lanes, lanes.size())
                  .map(
                      bytes -> {
                        Lane<I> lane = lane(bytes);
                        return bytes(work.call(lane.number(), lane.input()));
                      })
                  .collect();
          List<O> values = new ArrayList<>();
          for (byte[] result : results) {
            @SuppressWarnings("unchecked") // what the work returned
            O value = (O) object(result);
            values.add(value);
          }
          return values;
        });
  }

  private record Lane<I extends Serializable>(int number, I input) implements Serializable {}

  @SuppressWarnings("unchecked") // what the driver sent
  private static <I extends Serializable> Lane<I> lane(byte[] bytes) {
    return (Lane<I>) object(bytes);
  }

  /**
   * Spark moves what it is given with {@code spark.serializer}; Kryo cannot carry records, but any
   * can carry bytes.
   */
  private static byte[] bytes(Serializable value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot send " + value.getClass().getName() + " between driver and lane", e);
    }
    return bytes.toByteArray();
  }

  /** Our own bytes, from the other half of this application. */
  private static Object object(byte[] bytes) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException("Cannot receive what a lane sent", e);
    }
  }
}
