package ai.signal.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The weight files of a model directory: model.safetensors, or the shards that
 * model.safetensors.index.json names. A checkpoint of the base model alone (transformers'
 * LlamaModel) names its weights without {@code model.}; both spellings are found, as in
 * transformers 5.
 */
final class WeightFiles {
  private static final String WEIGHTS = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private static final String PREFIX = "model.";

  private final Path path;
  private final Map<String, Safetensors> holders;

  private WeightFiles(Path path, Map<String, Safetensors> holders) {
    this.path = path;
    this.holders = holders;
  }

  /**
   * Reads the headers of all files.
   *
   * @throws ModelFormatException when there are none, or one is not what it should be
   */
  static WeightFiles open(Path path) {
    return new WeightFiles(path, holders(path));
  }

  /**
   * Where every weight of the architecture lies, under its name in {@link ModelConfig#weights()}.
   *
   * @throws ModelFormatException when one is missing or has another shape
   */
  Map<String, TensorRef> tensors(ModelConfig config) {
    Map<String, TensorRef> tensors = new HashMap<>();
    config.weights().forEach((name, shape) -> tensors.put(name, tensor(name, shape)));
    return tensors;
  }

  /**
   * Whether there is an output head whose values differ from the embedding's. Transformers 5 does
   * not tie such weights whatever config.json says; 4.56 ignores the head.
   */
  boolean hasHeadOfItsOwn(ModelConfig config) {
    Map<String, List<Long>> shapes = config.untied().weights();
    return find(ModelConfig.HEAD)
        .map(
            name ->
                !EqualValues.of(
                    tensor(ModelConfig.HEAD, shapes.get(ModelConfig.HEAD)),
                    tensor(ModelConfig.EMBEDDING, shapes.get(ModelConfig.EMBEDDING))))
        .orElse(false);
  }

  private TensorRef tensor(String name, List<Long> shape) {
    String found =
        find(name)
            .orElseThrow(
                () -> new ModelFormatException("model", "tensor '" + name + "' is missing", path));
    TensorRef tensor = holders.get(found).tensor(found);
    if (!tensor.shape().equals(shape)) {
      throw new ModelFormatException(
          "model",
          "tensor '"
              + found
              + "' has shape "
              + tensor.shape()
              + ", but config.json makes it "
              + shape,
          tensor.file());
    }
    return tensor;
  }

  /** The name of a weight in the files. */
  private Optional<String> find(String name) {
    if (holders.containsKey(name)) {
      return Optional.of(name);
    }
    return Optional.of(name)
        .filter(full -> full.startsWith(PREFIX))
        .map(full -> full.substring(PREFIX.length()))
        .filter(holders::containsKey);
  }

  /** The file of each tensor, under the names in the files. */
  private static Map<String, Safetensors> holders(Path path) {
    Map<String, Safetensors> holders = new HashMap<>();
    if (Files.exists(path.resolve(WEIGHTS))) {
      Safetensors weights = Safetensors.open(path.resolve(WEIGHTS));
      weights.names().forEach(name -> holders.put(name, weights));
    } else if (Files.exists(path.resolve(INDEX))) {
      readIndex(path, holders);
    } else if (Files.exists(path.resolve("pytorch_model.bin"))
        || Files.exists(path.resolve("pytorch_model.bin.index.json"))) {
      throw new ModelFormatException(
          "model",
          "the weights are in pytorch_model.bin, a pickle, which can run code and is never read; convert them in Python with"
              + " model.save_pretrained(directory, safe_serialization=True)",
          path);
    } else {
      throw new ModelFormatException("model", "there is no " + WEIGHTS + " and no " + INDEX, path);
    }
    return holders;
  }

  private static void readIndex(Path path, Map<String, Safetensors> holders) {
    JsonFile index = JsonFile.read("model", path.resolve(INDEX));
    JsonFile weightMap = index.object("weight_map").orElseThrow(() -> index.missing("weight_map"));
    Map<String, Safetensors> shards = new HashMap<>();
    for (String tensor : (Iterable<String>) weightMap::keys) {
      JsonNode shard = weightMap.value(tensor).orElseThrow(() -> weightMap.missing(tensor));
      if (!shard.isTextual() || !isPlainName(shard.textValue())) {
        throw weightMap.wrongType(
            tensor, shard, "the name of a *.safetensors file in the same directory");
      }
      Safetensors holder =
          shards.computeIfAbsent(shard.textValue(), name -> Safetensors.open(path.resolve(name)));
      if (!holder.names().contains(tensor)) {
        throw new ModelFormatException(
            "model",
            INDEX
                + " places tensor "
                + ModelFormatException.quote(tensor)
                + " in "
                + shard.textValue()
                + ", which does not have it",
            path);
      }
      holders.put(tensor, holder);
    }
  }

  /**
   * Lexically inside the directory; the file itself may be a link, as in the Hugging Face cache.
   */
  private static boolean isPlainName(String name) {
    return name.endsWith(".safetensors")
        && name.chars().noneMatch(c -> c == '/' || c == '\\')
        && isFileName(name);
  }

  /** Names with half a surrogate pair have no bytes, and others not in this host's encoding. */
  private static boolean isFileName(String name) {
    try {
      return !Path.of(name).toString().isEmpty();
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
