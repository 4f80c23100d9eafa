package ai.signal.cluster;

import ai.signal.model.DType;
import java.io.Serializable;

/**
 * What a replica is made from.
 *
 * @param base where the base model is, as {@link ai.signal.model.ModelSource} takes it
 * @param dtype what it computes in
 * @param gpus that its layers are spread over; 0: it computes on the CPU
 */
public record ReplicaSpec(String base, DType dtype, int gpus) implements Serializable {}
