package ai.signal.tiny;

import ai.signal.model.DType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A model.safetensors of weights that lie one behind the other in a vector. */
final class WeightFile {
  private static final int ALIGNMENT = 8;

  /** FLOAT32 as it is, or BFLOAT16 rounded to the nearest value, ties to even. */
  static byte[] of(List<TinyArchitecture.Weight> weights, float[] flat, DType dtype) {
    boolean half = dtype == DType.BFLOAT16;
    byte[] header = header(weights, half ? "BF16" : "F32", dtype.bytes());
    ByteBuffer file =
        ByteBuffer.allocate(Long.BYTES + header.length + flat.length * dtype.bytes())
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .put(header);
    for (float value : flat) {
      if (half) {
        file.putShort(bfloat16(value));
      } else {
        file.putFloat(value);
      }
    }
    return file.array();
  }

  private static byte[] header(List<TinyArchitecture.Weight> weights, String dtype, int bytes) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.putObject("__metadata__").put("format", "pt");
    int at = 0;
    for (TinyArchitecture.Weight weight : weights) {
      ObjectNode entry = json.putObject(weight.name()).put("dtype", dtype);
      entry.putArray("shape").add(weight.rows());
      if (weight.columns() > 0) {
        entry.withArray("shape").add(weight.columns());
      }
      entry.putArray("data_offsets").add(at).add(at + weight.size() * bytes);
      at += weight.size() * bytes;
    }
    String text = Json.line(json).strip();
    return (text + " ".repeat(Math.floorMod(-text.length(), ALIGNMENT)))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static short bfloat16(float value) {
    int bits = Float.floatToIntBits(value);
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }

  private WeightFile() {}
}
