package ai.signal.model;

import java.nio.file.Path;
import java.util.List;

/**
 * Where one tensor's values lie in a file; the values themselves are memory-mapped by the decoder
 * program.
 *
 * @param name the name in the file, "model.layers.0.self_attn.q_proj.weight"
 * @param shape row-major, no element negative; empty for a scalar
 * @param offset bytes from the start of the file to the first value, not always a multiple of the
 *     element size
 */
public record TensorRef(String name, Path file, DType dtype, List<Long> shape, long offset) {
  public TensorRef {
    shape = List.copyOf(shape);
    if (offset < 0 || shape.stream().anyMatch(n -> n < 0)) {
      throw new IllegalArgumentException(
          "Tensor " + name + " has shape " + shape + " at offset " + offset);
    }
  }

  /** The product of the shape, 1 for a scalar. */
  public long elements() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }

  /** The length of the values in the file. */
  public long bytes() {
    return Math.multiplyExact(elements(), dtype.bytes());
  }
}
