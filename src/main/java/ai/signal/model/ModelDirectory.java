package ai.signal.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A model in Hugging Face layout: config.json and its weights in model.safetensors, or in the
 * shards that model.safetensors.index.json names. Opening it checks that every weight of the
 * architecture is there, in its shape.
 */
public final class ModelDirectory {
  /** How transformers generates by default. */
  public static final String GENERATION_CONFIG = "generation_config.json";

  private static final String TOKENIZER = "tokenizer.json";

  private static final Set<String> COMPANIONS =
      Set.of(
          GENERATION_CONFIG,
          TOKENIZER,
          "tokenizer_config.json",
          "tokenizer.model",
          "vocab.json",
          "merges.txt",
          "added_tokens.json",
          "special_tokens_map.json",
          "chat_template.jinja",
          "chat_template.json");

  private static final String NAMED_TEMPLATES = "additional_chat_templates";

  private static final String WEIGHTS = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private final Path path;
  private final ModelConfig config;
  private final Map<String, TensorRef> tensors;

  private ModelDirectory(Path path, ModelConfig config, Map<String, TensorRef> tensors) {
    this.path = path;
    this.config = config;
    this.tensors = tensors;
  }

  /**
   * Opens and checks a model.
   *
   * @throws ModelFormatException when a file is missing, is not what it should be, or does not fit
   *     the config
   */
  public static ModelDirectory open(Path path) {
    ModelFormatException.requireLocation("model", path);
    if (!Files.isDirectory(path)) {
      throw new ModelFormatException("model", "there is no such directory", path);
    }
    ModelConfig config = ModelConfig.read(path.resolve("config.json"));
    Path generation = path.resolve(GENERATION_CONFIG);
    if (Files.exists(generation)) {
      config =
          LlamaConfigReader.eosTokenIds(JsonFile.readSettings("model", generation))
              .map(config::withEosTokenIds)
              .orElse(config);
    }
    LfsPointer.refuse("tokenizer", path.resolve(TOKENIZER)); // what needs it comes much later
    return new ModelDirectory(path, config, tensors(path, config));
  }

  public Path path() {
    return path;
  }

  public ModelConfig config() {
    return config;
  }

  /**
   * Whether a file may be of a model beside its config.json and weights: how to generate,
   * tokenizers, chat templates.
   *
   * @param name in the model's directory, with {@code /} between names
   */
  public static boolean isCompanion(String name) {
    return COMPANIONS.contains(name) || name.matches(NAMED_TEMPLATES + "/[^/]+\\.jinja");
  }

  /** Those that there are, by name. */
  public Map<String, Path> companions() {
    Map<String, Path> found = new TreeMap<>();
    for (Path directory : List.of(path, path.resolve(NAMED_TEMPLATES))) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(directory, Files::isRegularFile)) {
        files.forEach(file -> found.put(path.relativize(file).toString(), file));
      } catch (NoSuchFileException e) {
        // most models have no templates with names
      } catch (IOException e) {
        throw new ModelFormatException("model", "the directory cannot be read: " + e, path, e);
      }
    }
    found.keySet().removeIf(name -> !isCompanion(name));
    return found;
  }

  /**
   * A weight of the architecture, named as in {@link ModelConfig#weights()}.
   *
   * @throws ModelFormatException when the model has no such weight
   */
  public TensorRef tensor(String name) {
    TensorRef tensor = tensors.get(name);
    if (tensor == null) {
      throw new ModelFormatException(
          "model", "there is no tensor " + ModelFormatException.quote(name), path);
    }
    return tensor;
  }

  private static Map<String, TensorRef> tensors(Path path, ModelConfig config) {
    Map<String, Safetensors> holders = holders(path);
    Map<String, TensorRef> tensors = new HashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) -> {
              Safetensors holder = holders.get(name);
              if (holder == null) {
                throw new ModelFormatException("model", "tensor '" + name + "' is missing", path);
              }
              TensorRef tensor = holder.tensor(name);
              if (!tensor.shape().equals(shape)) {
                throw new ModelFormatException(
                    "model",
                    "tensor '"
                        + name
                        + "' has shape "
                        + tensor.shape()
                        + ", but config.json makes it "
                        + shape,
                    tensor.file());
              }
              tensors.put(name, tensor);
            });
    return tensors;
  }

  /** The file of each tensor. */
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
