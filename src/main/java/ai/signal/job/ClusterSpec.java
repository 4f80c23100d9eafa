package ai.signal.job;

import ai.signal.cluster.Transport;

/**
 * How a step is cut. Results depend on these numbers and on no property of the cluster.
 *
 * @param lanes parts of every batch, at least 1
 * @param threads of one lane's native operations, at least 1
 * @param device where the lanes compute
 * @param transport what gradients are rounded to on their way
 * @param allowMixed whether executors may differ in instruction set or library versions
 */
record ClusterSpec(int lanes, int threads, Device device, Transport transport, boolean allowMixed) {
  enum Device {
    AUTO,
    CPU
  }

  ClusterSpec {
    Check.atLeast("lanes", lanes, 1);
    Check.atLeast("threads", threads, 1);
  }

  ClusterSpec() {
    this(2, 1, Device.AUTO, Transport.FLOAT32, false);
  }
}
