package ai.signal.spec;

import ai.signal.cluster.ClusterException;
import ai.signal.cluster.ComputeDevice;
import ai.signal.cluster.GpuOffer;
import ai.signal.cluster.GpuRequest;
import ai.signal.cluster.Transport;

/**
 * How a step is cut. Results depend on these numbers and on no property of the cluster.
 *
 * @param lanes parts of every batch, at least 1
 * @param threads of one lane's native operations, 1 to 1,024
 * @param device where the lanes compute
 * @param gpus that a replica is spread over, where lanes compute on GPUs
 * @param transport what gradients are rounded to on their way
 * @param allowMixed whether executors may differ in instruction set or library versions
 */
public record ClusterSpec(
    int lanes,
    int threads,
    ComputeDevice device,
    GpuRequest gpus,
    Transport transport,
    boolean allowMixed) {

  /** The most threads of one lane, and cores of one executor. */
  public static final int MOST_THREADS = 1024;

  public ClusterSpec {
    Check.atLeast("lanes", lanes, 1);
    Check.atLeast("threads", threads, 1);
    if (threads > MOST_THREADS) { // libtorch starts them all, and ends the process where it cannot
      throw new SpecException.Value("threads", threads, "at most " + MOST_THREADS);
    }
  }

  /**
   * With the device that lanes will compute on.
   *
   * @param offer of Spark
   * @throws SpecException.Value where it cannot be met
   */
  public ClusterSpec resolve(GpuOffer offer) {
    try {
      offer.check(device, gpus);
    } catch (ClusterException e) {
      String key = gpus.equals(GpuRequest.AUTO) ? "cluster.device" : "cluster.gpus";
      throw new SpecException.Value(key, "is refused: " + e.getMessage());
    }
    if (device != ComputeDevice.AUTO) {
      return this;
    }
    ComputeDevice found = offer.perExecutor() > 0 ? ComputeDevice.GPU : ComputeDevice.CPU;
    return new ClusterSpec(lanes, threads, found, gpus, transport, allowMixed);
  }

  public ClusterSpec() {
    this(2, 1, ComputeDevice.AUTO, GpuRequest.AUTO, Transport.FLOAT32, false);
  }
}
