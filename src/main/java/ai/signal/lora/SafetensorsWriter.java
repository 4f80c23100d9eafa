package ai.signal.lora;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/**
 * Float32 tensors as the reference implementation writes them: sorted by name, the header padded to
 * a multiple of eight bytes.
 */
final class SafetensorsWriter {
  private static final int CHUNK_FLOATS = 1 << 14;

  private SafetensorsWriter() {}

  /**
   * A piece of a flat vector.
   *
   * @param name of printable ASCII without quotes and backslashes
   * @param offset its first float
   */
  record Tensor(String name, List<Long> shape, int offset) {
    int size() {
      return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
    }
  }

  static void write(List<Tensor> tensors, float[] values, OutputStream out) throws IOException {
    List<Tensor> sorted = tensors.stream().sorted(Comparator.comparing(Tensor::name)).toList();
    byte[] header = header(sorted).getBytes(StandardCharsets.US_ASCII);
    out.write(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .array());
    out.write(header);
    ByteBuffer chunk =
        ByteBuffer.allocate(CHUNK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (Tensor tensor : sorted) {
      for (int done = 0; done < tensor.size(); done += CHUNK_FLOATS) {
        int count = Math.min(CHUNK_FLOATS, tensor.size() - done);
        chunk.asFloatBuffer().put(values, tensor.offset() + done, count);
        out.write(chunk.array(), 0, count * Float.BYTES);
      }
    }
  }

  private static String header(List<Tensor> tensors) {
    StringBuilder json = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    long begin = 0;
    for (Tensor tensor : tensors) {
      long end = begin + (long) tensor.size() * Float.BYTES;
      json.append(",\"").append(tensor.name()).append("\":{\"dtype\":\"F32\",\"shape\":");
      json.append(tensor.shape().toString().replace(" ", ""));
      json.append(",\"data_offsets\":[").append(begin).append(',').append(end).append("]}");
      begin = end;
    }
    json.append('}');
    int padding = (Long.BYTES - json.length() % Long.BYTES) % Long.BYTES;
    return json.append(" ".repeat(padding)).toString();
  }
}
