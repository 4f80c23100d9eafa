package ai.signal.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes small model files for tests. */
public final class LlamaFiles {
  /** Two layers, two query heads on one key head, an untied head. */
  public static final ModelConfig CONFIG =
      new ModelConfig(
          8,
          12,
          2,
          2,
          1,
          4,
          20,
          64,
          1e-6,
          10000,
          new RopeScaling.None(),
          false,
          false,
          false,
          List.of(2));

  public static final String CONFIG_JSON =
      """
      {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8, "intermediate_size": 12,
       "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 20,
       "max_position_embeddings": 64}
      """;

  private LlamaFiles() {}

  public static Path text(Path file, String content) {
    try {
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A header's length, the header and the values. */
  static byte[] safetensors(String header, int valueBytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(Long.BYTES + json.length + valueBytes).order(ByteOrder.LITTLE_ENDIAN);
    return file.putLong(json.length).put(json).array();
  }

  /** Zeros of the given dtype and shapes, one behind the other. */
  static byte[] safetensors(DType dtype, Map<String, List<Long>> shapes) {
    List<String> entries = new ArrayList<>();
    long end = 0;
    for (Map.Entry<String, List<Long>> tensor : shapes.entrySet()) {
      long begin = end;
      end += tensor.getValue().stream().reduce((long) dtype.bytes(), Math::multiplyExact);
      entries.add(
          "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(tensor.getKey(), dtype.safetensorsName(), tensor.getValue(), begin, end));
    }
    return safetensors("{" + String.join(",", entries) + "}", (int) end);
  }

  static Path bytes(Path file, byte[] content) {
    try {
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A model of {@link #CONFIG} in one file. */
  static Path model(Path directory) {
    text(directory.resolve("config.json"), CONFIG_JSON);
    bytes(directory.resolve("model.safetensors"), safetensors(DType.BFLOAT16, CONFIG.weights()));
    return directory;
  }

  /** The same in two shards. */
  static Path shardedModel(Path directory) {
    text(directory.resolve("config.json"), CONFIG_JSON);
    Map<String, Map<String, List<Long>>> shards = new LinkedHashMap<>();
    List<String> places = new ArrayList<>();
    CONFIG
        .weights()
        .forEach(
            (name, shape) -> {
              String shard = "model-" + (name.contains("layers.1.") ? 2 : 1) + ".safetensors";
              shards.computeIfAbsent(shard, s -> new LinkedHashMap<>()).put(name, shape);
              places.add("\"" + name + "\": \"" + shard + "\"");
            });
    shards.forEach(
        (shard, shapes) -> bytes(directory.resolve(shard), safetensors(DType.FLOAT32, shapes)));
    text(
        directory.resolve("model.safetensors.index.json"),
        "{\"metadata\": {}, \"weight_map\": {" + String.join(",", places) + "}}");
    return directory;
  }
}
