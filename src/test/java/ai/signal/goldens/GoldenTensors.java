package ai.signal.goldens;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Reads float32 safetensors on its own, so that what is tested does not vouch for itself. */
final class GoldenTensors {
  private GoldenTensors() {}

  static Map<String, float[]> read(Path file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      byte[] header = new byte[Math.toIntExact(bytes.getLong())];
      bytes.get(header);
      ByteBuffer data = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
      Map<String, float[]> tensors = new TreeMap<>();
      for (Map.Entry<String, JsonNode> entry : new ObjectMapper().readTree(header).properties()) {
        if (!entry.getKey().equals("__metadata__")) {
          tensors.put(entry.getKey(), floats(data, entry.getValue()));
        }
      }
      return tensors;
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read goldens: " + file, e);
    }
  }

  private static float[] floats(ByteBuffer data, JsonNode tensor) {
    if (!tensor.get("dtype").asText().equals("F32")) {
      throw new IllegalStateException("Not float32: " + tensor);
    }
    int from = tensor.get("data_offsets").get(0).asInt();
    int to = tensor.get("data_offsets").get(1).asInt();
    float[] values = new float[(to - from) / Float.BYTES];
    data.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(from).asFloatBuffer().get(values);
    return values;
  }
}
