package ai.signal.lora;

import ai.signal.model.DType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/**
 * Tensors as the reference implementation writes them: float32 first, then sorted by name, the
 * header padded to a multiple of eight bytes.
 */
final class SafetensorsWriter {
  private static final int CHUNK_FLOATS = 1 << 14;

  private static final Comparator<Tensor> ORDER =
      Comparator.<Tensor, DType>comparing(Tensor::dtype).thenComparing(Tensor::name);

  private SafetensorsWriter() {}

  /** Writes the values of a tensor, one behind the other. */
  @FunctionalInterface
  interface Values {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * A tensor of a file.
   *
   * @param name of printable ASCII without quotes and backslashes
   */
  record Tensor(String name, DType dtype, List<Long> shape, Values values) {
    long bytes() {
      return shape.stream().reduce((long) dtype.bytes(), Math::multiplyExact);
    }
  }

  static void write(List<Tensor> tensors, OutputStream out) throws IOException {
    List<Tensor> sorted = tensors.stream().sorted(ORDER).toList();
    byte[] header = header(sorted).getBytes(StandardCharsets.US_ASCII);
    out.write(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .array());
    out.write(header);
    for (Tensor tensor : sorted) {
      tensor.values().writeTo(out);
    }
  }

  /** A piece of a flat vector, in float32. */
  static Values floats(float[] values, int offset, int size) {
    return out -> {
      ByteBuffer chunk =
          ByteBuffer.allocate(CHUNK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int done = 0; done < size; done += CHUNK_FLOATS) {
        int count = Math.min(CHUNK_FLOATS, size - done);
        chunk.asFloatBuffer().put(values, offset + done, count);
        out.write(chunk.array(), 0, count * Float.BYTES);
      }
    };
  }

  private static String header(List<Tensor> tensors) {
    StringBuilder json = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    long begin = 0;
    for (Tensor tensor : tensors) {
      long end = begin + tensor.bytes();
      json.append(",\"").append(tensor.name()).append("\":{\"dtype\":\"");
      json.append(tensor.dtype().safetensorsName()).append("\",\"shape\":");
      json.append(tensor.shape().toString().replace(" ", ""));
      json.append(",\"data_offsets\":[").append(begin).append(',').append(end).append("]}");
      begin = end;
    }
    json.append('}');
    int padding = (Long.BYTES - json.length() % Long.BYTES) % Long.BYTES;
    return json.append(" ".repeat(padding)).toString();
  }
}
