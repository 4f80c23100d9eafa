package ai.signal.cluster;

import ai.signal.model.AdapterShape;
import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * One version of a run's adapter, as tasks receive it.
 *
 * @param run identity of the run
 * @param version number of optimizer steps that made it
 * @param shape what the values are
 * @param values [size] as blocks of little-endian float32, sent to each executor once
 */
public record AdapterRef(String run, long version, AdapterShape shape, Broadcast<byte[][]> values)
    implements Serializable {

  /**
   * The same values under a name of this version's own: executors keep the newest version of each
   * run, and this one is to stay although the run goes on.
   */
  AdapterRef pinned() {
    return new AdapterRef(run + "@" + version, version, shape, values);
  }

  /** Number of values. */
  public int size() {
    int bytes = 0;
    for (byte[] block : values.value()) {
      bytes = Math.addExact(bytes, block.length);
    }
    return bytes / Float.BYTES;
  }

  /** Copies values from {@code from} on into the beginning of an array. */
  public void copy(int from, float[] into, int count) {
    FloatBlocks.received(Cut.of(size(), 1), Transport.FLOAT32, List.of(values.value()))
        .get(from, into, count);
  }

  /**
   * Copies the values into a buffer, from its position on.
   *
   * @param target with room for {@link #size} values
   */
  public void copyTo(FloatBuffer target) {
    for (byte[] block : values.value()) {
      target.put(Transport.floats(block));
    }
  }
}
