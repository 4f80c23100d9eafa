package ai.signal.cluster;

import ai.djl.Device;
import ai.signal.model.CudaDevice;
import java.util.Collections;
import java.util.List;

/**
 * A model on devices of this JVM.
 *
 * @param devices in the order of its layers
 */
record PlacedModel(ReplicaSpec spec, List<Device> devices) {
  PlacedModel {
    devices = List.copyOf(devices);
  }

  /**
   * On the CPU, or on GPUs.
   *
   * @param gpus addresses that the task may use, in any order
   * @throws ClusterException where they are fewer than the replica's
   */
  static PlacedModel of(ReplicaSpec spec, List<String> gpus) {
    if (gpus.size() < spec.gpus()) {
      throw new ClusterException(
          "Cannot compute on %d GPUs: the task was given %d".formatted(spec.gpus(), gpus.size()));
    }
    return new PlacedModel(
        spec,
        spec.gpus() == 0
            ? List.of(Device.cpu())
            : gpus.stream()
                .sorted(ExecutorRegistry.BY_ID)
                .limit(spec.gpus())
                .map(CudaDevice::of)
                .toList());
  }

  boolean onGpu() {
    return spec.gpus() > 0;
  }

  boolean sharesGpuWith(PlacedModel other) {
    return onGpu() && !Collections.disjoint(devices, other.devices);
  }
}
