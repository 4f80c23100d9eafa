package ai.signal.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The number formats that weights are stored and computed in. */
public enum DType {
  FLOAT32(6, 4, "float32", "F32"),
  BFLOAT16(15, 2, "bfloat16", "BF16"),
  FLOAT16(5, 2, "float16", "F16");

  private final int torchCode;
  private final int bytes;
  private final String specName;
  private final String safetensorsName;

  DType(int torchCode, int bytes, String specName, String safetensorsName) {
    this.torchCode = torchCode;
    this.bytes = bytes;
    this.specName = specName;
    this.safetensorsName = safetensorsName;
  }

  /** libtorch's number for the type, which TorchScript takes as {@code dtype=}. */
  public int torchCode() {
    return torchCode;
  }

  /** Bytes per element. */
  public int bytes() {
    return bytes;
  }

  /** The name in a job spec, "float32". */
  public String specName() {
    return specName;
  }

  /** The name in a safetensors header, "F32". */
  public String safetensorsName() {
    return safetensorsName;
  }

  /**
   * The type of a job spec's name.
   *
   * @throws IllegalArgumentException when no type has that name in a job spec
   */
  public static DType ofSpec(String name) {
    return Arrays.stream(values())
        .filter(type -> type.specName.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Unknown dtype '"
                        + name
                        + "', allowed: "
                        + Arrays.stream(values())
                            .map(DType::specName)
                            .collect(Collectors.joining(", "))));
  }

  /** Empty for the formats that safetensors knows and Signal does not compute with. */
  public static Optional<DType> ofSafetensors(String name) {
    return Arrays.stream(values()).filter(type -> type.safetensorsName.equals(name)).findFirst();
  }
}
