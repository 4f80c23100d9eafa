package ai.signal.cluster;

import java.io.Serializable;
import java.nio.FloatBuffer;
import org.apache.spark.broadcast.Broadcast;

/**
 * One version of a run's adapter, as tasks receive it.
 *
 * @param run identity of the run
 * @param version number of optimizer steps that made it
 * @param ranks [7 * layers + 1], see {@link ai.signal.model.Decoder#adapter}
 * @param scaling factor of the update
 * @param values [size] as blocks of little-endian float32, sent to each executor once
 */
@SuppressWarnings("ArrayRecordComponent") // handed to a native call as it is
public record AdapterRef(
    String run, long version, int[] ranks, double scaling, Broadcast<byte[][]> values)
    implements Serializable {

  /** Number of values. */
  public int size() {
    int bytes = 0;
    for (byte[] block : values.value()) {
      bytes = Math.addExact(bytes, block.length);
    }
    return bytes / Float.BYTES;
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
