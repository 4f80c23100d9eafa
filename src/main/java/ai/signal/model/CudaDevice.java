package ai.signal.model;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;

/** GPUs as libtorch counts them. */
public final class CudaDevice {
  private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";

  private CudaDevice() {}

  /** That of an address which Spark knows. */
  public static Device of(String address) {
    return Device.gpu(index(address, System.getenv(VISIBLE)));
  }

  /**
   * CUDA counts what this process may see, from 0.
   *
   * @param address index of a GPU of this host as NVIDIA's driver counts, or its UUID where the
   *     environment names it too
   * @param visible what the environment says; null where it says nothing
   * @throws IllegalArgumentException where the process does not see it
   */
  static int index(String address, String visible) {
    if (visible == null && address.matches("\\d{1,4}")) {
      return Integer.parseInt(address);
    }
    List<String> seen =
        visible == null ? List.of() : Arrays.asList(visible.strip().split("\\s*,\\s*"));
    int index = seen.indexOf(address);
    if (index < 0) {
      throw new IllegalArgumentException(
          "Cannot find GPU %s: %s is %s".formatted(address, VISIBLE, visible));
    }
    return index;
  }

  /** Why libtorch cannot compute on a GPU, in one line; empty where it can. */
  public static String error(String address) {
    try {
      NativeEngine.start();
      try (NDManager manager = NDManager.newBaseManager(of(address), "PyTorch")) {
        manager.zeros(new Shape(1)).toFloatArray();
      }
      return "";
    } catch (RuntimeException | LinkageError e) { // what DJL throws where a library does not load
      return "libtorch does not open it: %s (it needs a libtorch for CUDA: PYTORCH_LIBRARY_PATH, PYTORCH_VERSION and PYTORCH_FLAVOR, see conf/; or set cluster.device: cpu)"
          .formatted(String.valueOf(e.getMessage()).split("\\.\\s|\n", 2)[0]);
    }
  }
}
