package ai.signal.model;

import ai.djl.Device;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Which device each layer of a decoder lies on: contiguous ranges in the order of the devices, the
 * embedding with the first layer, final norm and head with the last. The bytes of weights are
 * balanced, and nothing else, so that one replica serves runs of any token budget.
 *
 * @param ofLayer [layers]
 */
public record Placement(List<Device> ofLayer) {

  public Placement {
    ofLayer = List.copyOf(ofLayer);
  }

  /**
   * Spreads a model over devices.
   *
   * @throws IllegalArgumentException when there is no device, or one without a layer
   */
  public static Placement of(ModelConfig config, Device... devices) {
    int[] layers = layers(config, devices.length);
    List<Device> ofLayer = new ArrayList<>();
    for (int device = 0; device < devices.length; device++) {
      ofLayer.addAll(Collections.nCopies(layers[device], devices[device]));
    }
    return new Placement(ofLayer);
  }

  /** Layers of each of so many devices, at least one. */
  public static int[] layers(ModelConfig config, int devices) {
    if (devices < 1 || devices > config.layers()) {
      throw new IllegalArgumentException(
          "Cannot spread %d layers over %d devices".formatted(config.layers(), devices));
    }
    long matrix = (long) config.vocabSize() * config.hiddenSize();
    long layer = layerSize(config);
    long[] sizes = new long[devices];
    sizes[0] += matrix;
    sizes[devices - 1] += matrix; // a tied head is a copy, or shares the only device
    int[] layers = new int[devices];
    Arrays.fill(layers, 1);
    // Every layer is as large as the others: each goes to the device that is least full.
    for (int left = config.layers() - devices; left > 0; left--) {
      int smallest = 0;
      for (int device = 1; device < devices; device++) {
        if (sizes[device] + layers[device] * layer < sizes[smallest] + layers[smallest] * layer) {
          smallest = device;
        }
      }
      layers[smallest]++;
    }
    return layers;
  }

  /** The share of a model's weights, and of its layers, on the fullest of so many devices. */
  public static double largestShare(ModelConfig config, int devices) {
    int[] layers = layers(config, devices);
    long matrix = (long) config.vocabSize() * config.hiddenSize();
    long layer = layerSize(config);
    double largest = 0;
    for (int device = 0; device < devices; device++) {
      long size = layers[device] * layer;
      size += device == 0 ? matrix : 0;
      size += device == devices - 1 && devices > 1 ? matrix : 0;
      largest = Math.max(largest, (double) size / (matrix + config.layers() * layer));
    }
    return largest;
  }

  private static long layerSize(ModelConfig config) {
    return config.weights().entrySet().stream()
        .filter(weight -> weight.getKey().startsWith("model.layers.0."))
        .mapToLong(
            weight ->
                weight.getValue().stream()
                    .mapToLong(Long::longValue)
                    .reduce(1, Math::multiplyExact))
        .sum();
  }

  /** [layers] as torch names them; an index on a CPU makes a device of its own out of it. */
  List<String> torchNames() {
    return ofLayer.stream()
        .map(
            device -> {
              String type = device.isGpu() ? "cuda" : device.getDeviceType();
              return device.getDeviceId() < 0 ? type : type + ":" + device.getDeviceId();
            })
        .toList();
  }
}
