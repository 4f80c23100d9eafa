package ai.signal.cluster;

import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;

/**
 * One version of a run's adapter, as tasks receive it.
 *
 * @param run identity of the run
 * @param version number of optimizer steps that made it
 * @param ranks [7 * layers + 1], see {@link ai.signal.model.Decoder#adapter}
 * @param scaling alpha / rank
 * @param values [size] sent to each executor once
 */
@SuppressWarnings("ArrayRecordComponent") // handed to a native call as it is
public record AdapterRef(
    String run, long version, int[] ranks, double scaling, Broadcast<float[]> values)
    implements Serializable {}
