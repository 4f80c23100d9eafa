package ai.signal.model;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A Llama of a given shape with random float32 weights, in Hugging Face layout. */
final class RandomModel {
  /** 135 million parameters: the shape of a small Llama that people fine-tune, tied embeddings. */
  static final String LLAMA_135M =
      """
      {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "hidden_size": 576,
       "intermediate_size": 1536, "num_hidden_layers": 30, "num_attention_heads": 9, "num_key_value_heads": 3,
       "head_dim": 64, "vocab_size": 49152, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
       "tie_word_embeddings": true, "max_position_embeddings": 2048, "eos_token_id": 0}
      """;

  private RandomModel() {}

  static ModelDirectory write(Path directory, String config) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("config.json"), config);
    Map<String, List<Long>> weights = ModelConfig.read(directory.resolve("config.json")).weights();
    SplittableRandom random = new SplittableRandom(1);
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(directory.resolve("model.safetensors")), 1 << 20)) {
      byte[] header = header(weights);
      out.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
      out.write(header);
      for (List<Long> shape : weights.values()) {
        byte[] bytes = new byte[4 * elements(shape)];
        ByteBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
          // Norms are 1; uniform values of a standard deviation of 0.02 elsewhere.
          values.putFloat(shape.size() == 1 ? 1 : (float) ((random.nextDouble() - 0.5) * 0.07));
        }
        out.write(bytes);
      }
    }
    return ModelDirectory.open(directory);
  }

  private static byte[] header(Map<String, List<Long>> weights) {
    StringBuilder json = new StringBuilder("{");
    long at = 0;
    for (Map.Entry<String, List<Long>> weight : weights.entrySet()) {
      long end = at + 4L * elements(weight.getValue());
      json.append(json.length() == 1 ? "\"" : ",\"").append(weight.getKey());
      json.append("\":{\"dtype\":\"F32\",\"shape\":").append(weight.getValue());
      json.append(",\"data_offsets\":[").append(at).append(',').append(end).append("]}");
      at = end;
    }
    json.append('}');
    json.append(" ".repeat(Math.floorMod(-json.length(), 8)));
    return json.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static int elements(List<Long> shape) {
    return Math.toIntExact(
        shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact));
  }
}
