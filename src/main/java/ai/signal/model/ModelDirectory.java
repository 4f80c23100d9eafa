package ai.signal.model;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private final Path path;
  private final ModelConfig config;
  private final Map<String, TensorRef> tensors;
  private final boolean unequal;

  private ModelDirectory(
      Path path, ModelConfig config, Map<String, TensorRef> tensors, boolean unequal) {
    this.path = path;
    this.config = config;
    this.tensors = tensors;
    this.unequal = unequal;
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
    WeightFiles weights = WeightFiles.open(path);
    boolean unequal = config.tieWordEmbeddings() && weights.hasHeadOfItsOwn(config);
    config = unequal ? config.untied() : config;
    return new ModelDirectory(path, config, weights.tensors(config), unequal);
  }

  public Path path() {
    return path;
  }

  /** The model's shape; untied where the weights of embedding and output head differ. */
  public ModelConfig config() {
    return config;
  }

  /** A line for users where the weights decide against config.json. */
  public Optional<String> note() {
    return unequal
        ? Optional.of(
            "model %s: lm_head.weight differs from the embedding, so they are not tied, though config.json has tie_word_embeddings true; set it to false"
                .formatted(path))
        : Optional.empty();
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
}
