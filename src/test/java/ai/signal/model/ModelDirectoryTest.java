package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelDirectoryTest {
  private static final String DOWN = "model.layers.1.mlp.down_proj.weight";

  @TempDir Path directory;

  @Test
  void oneFile() {
    ModelDirectory model = ModelDirectory.open(LlamaFiles.model(directory));

    assertThat(model.path()).isEqualTo(directory);
    assertThat(model.config()).isEqualTo(LlamaFiles.CONFIG);
    assertThat(model.tensor(DOWN))
        .returns(directory.resolve("model.safetensors"), TensorRef::file)
        .returns(DType.BFLOAT16, TensorRef::dtype)
        .returns(List.of(8L, 12L), TensorRef::shape);
    assertThatThrownBy(() -> model.tensor("lm_head.bias"))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage("Cannot load model: there is no tensor 'lm_head.bias' (" + directory + ")");
  }

  @Test
  void shards() {
    ModelDirectory model = ModelDirectory.open(LlamaFiles.shardedModel(directory));

    assertThat(model.tensor(DOWN).file()).isEqualTo(directory.resolve("model-2.safetensors"));
    assertThat(model.tensor("lm_head.weight").file())
        .isEqualTo(directory.resolve("model-1.safetensors"));
    assertThat(LlamaFiles.CONFIG.weights().keySet())
        .allSatisfy(name -> assertThat(model.tensor(name)).isNotNull());
  }

  @Test
  void linkedFilesAsInTheHuggingFaceCache() throws IOException {
    Path blobs = Files.createDirectory(directory.resolve("blobs"));
    Path snapshot = Files.createDirectory(directory.resolve("snapshot"));
    LlamaFiles.shardedModel(snapshot);
    Files.move(snapshot.resolve("model-2.safetensors"), blobs.resolve("4f2a"));
    Files.createSymbolicLink(snapshot.resolve("model-2.safetensors"), Path.of("../blobs/4f2a"));

    assertThat(ModelDirectory.open(snapshot).tensor(DOWN).shape()).containsExactly(8L, 12L);
  }

  @Test
  void generationConfigNamesTheEosTokens() {
    LlamaFiles.model(directory);
    LlamaFiles.text(directory.resolve("generation_config.json"), "{\"eos_token_id\": [3, 4]}");
    assertThat(ModelDirectory.open(directory).config())
        .isEqualTo(LlamaFiles.CONFIG.withEosTokenIds(List.of(3, 4)));

    LlamaFiles.text(directory.resolve("generation_config.json"), "{}");
    assertThat(ModelDirectory.open(directory).config().eosTokenIds()).containsExactly(2);

    LlamaFiles.text(directory.resolve("generation_config.json"), "{\"eos_token_id\": -3}");
    assertThatThrownBy(() -> ModelDirectory.open(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("generation_config.json has 'eos_token_id' = '-3'");
  }

  @Test
  void missingTensor() {
    rewriteWeights(shapes -> shapes.remove(DOWN));

    assertThatThrownBy(() -> ModelDirectory.open(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage("Cannot load model: tensor '" + DOWN + "' is missing (" + directory + ")");
  }

  @Test
  void wrongShape() {
    rewriteWeights(shapes -> shapes.put(DOWN, List.of(12L, 8L)));

    assertThatThrownBy(() -> ModelDirectory.open(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(
            "Cannot load model: tensor '"
                + DOWN
                + "' has shape [12, 8], but config.json makes it [8, 12] ("
                + directory.resolve("model.safetensors")
                + ")");
  }

  @Test
  void surplusTensorsAreLeftAlone() {
    rewriteWeights(
        shapes -> shapes.put("model.layers.0.self_attn.rotary_emb.inv_freq", List.of(2L)));

    assertThat(ModelDirectory.open(directory).config()).isEqualTo(LlamaFiles.CONFIG);
  }

  /** A checkpoint of transformers' LlamaModel. */
  @Test
  void namesWithoutThePrefix() throws IOException {
    LlamaFiles.shardedModel(directory);
    for (String file : List.of("model-1.safetensors", "model-2.safetensors")) {
      SafetensorsCopy.rename(directory.resolve(file), name -> name.replaceFirst("^model\\.", ""));
    }
    Path index = directory.resolve("model.safetensors.index.json");
    LlamaFiles.text(index, Files.readString(index).replace("\"model.layers", "\"layers"));
    LlamaFiles.text(index, Files.readString(index).replace("\"model.embed", "\"embed"));
    LlamaFiles.text(index, Files.readString(index).replace("\"model.norm", "\"norm"));

    ModelDirectory model = ModelDirectory.open(directory);

    assertThat(model.tensor(DOWN))
        .returns(DOWN.substring("model.".length()), TensorRef::name)
        .returns(directory.resolve("model-2.safetensors"), TensorRef::file);
    assertThat(LlamaFiles.CONFIG.weights().keySet())
        .allSatisfy(name -> assertThat(model.tensor(name)).isNotNull());
  }

  /** Its head is the embedding; without a tie there would be none. */
  @Test
  void baseModelAlone() {
    rewriteWeights(shapes -> shapes.remove("lm_head.weight"));
    Path file = directory.resolve("model.safetensors");
    SafetensorsCopy.rename(file, name -> name.substring("model.".length()));
    String config = LlamaFiles.CONFIG_JSON.replace("LlamaForCausalLM", "LlamaModel");
    LlamaFiles.text(directory.resolve("config.json"), config);
    assertThatThrownBy(() -> ModelDirectory.open(directory))
        .hasMessageContaining("tensor 'lm_head.weight' is missing");

    LlamaFiles.text(
        directory.resolve("config.json"), config.replace("{", "{\"tie_word_embeddings\": true, "));
    ModelDirectory model = ModelDirectory.open(directory);
    assertThat(model.config().tieWordEmbeddings()).isTrue();
    assertThat(model.note()).isEmpty();
  }

  /** Both are zeros here, so the flag is right; the head's row of another model is not. */
  @Test
  void tiedHeadThatIsInTheFile() {
    LlamaFiles.model(directory);
    LlamaFiles.text(
        directory.resolve("config.json"),
        LlamaFiles.CONFIG_JSON.replace("{", "{\"tie_word_embeddings\": true, "));
    assertThat(ModelDirectory.open(directory))
        .returns(true, model -> model.config().tieWordEmbeddings())
        .returns(Optional.empty(), ModelDirectory::note);

    SafetensorsCopy.change(directory.resolve("model.safetensors"), "lm_head.weight", 319);
    ModelDirectory model = ModelDirectory.open(directory);
    assertThat(model.config()).isEqualTo(LlamaFiles.CONFIG);
    assertThat(model.tensor("lm_head.weight").shape()).containsExactly(20L, 8L);
    assertThat(model.note())
        .hasValueSatisfying(
            note ->
                assertThat(note)
                    .contains(directory.toString(), "lm_head.weight differs from the embedding"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../model-2.safetensors",
        "/model-2.safetensors",
        "sub/model-2.safetensors",
        "model-2.bin",
        "..",
        "a\\u0000.safetensors",
        "\\ud800.safetensors",
        "a\\udfffb.safetensors"
      })
  void shardsOutsideTheDirectory(String shard) {
    rewriteIndex("\"model-2.safetensors\"", "\"" + shard + "\"");

    assertThatThrownBy(() -> ModelDirectory.open(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("model.safetensors.index.json has 'weight_map.model.layers.1.")
        .hasMessageContaining("the name of a *.safetensors file in the same directory");
  }

  @Test
  void indexThatDoesNotFitItsShards() {
    rewriteIndex(
        "\"" + DOWN + "\": \"model-2.safetensors\"", "\"" + DOWN + "\": \"model-1.safetensors\"");

    assertThatThrownBy(() -> ModelDirectory.open(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(
            "places tensor '" + DOWN + "' in model-1.safetensors, which does not have it");
  }

  @Test
  void missingShard() throws IOException {
    LlamaFiles.shardedModel(directory);
    Files.delete(directory.resolve("model-2.safetensors"));

    assertThatThrownBy(() -> ModelDirectory.open(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("model-2.safetensors");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"weight_map\": []}",
        "{\"weight_map\": {\"a\": 5}}",
        "{\"weight_map\": {\"a\": null}}"
      })
  void indexThatIsNone(String index) {
    LlamaFiles.text(directory.resolve("config.json"), LlamaFiles.CONFIG_JSON);
    LlamaFiles.text(directory.resolve("model.safetensors.index.json"), index);

    assertThatThrownBy(() -> ModelDirectory.open(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("model.safetensors.index.json has");
  }

  @Test
  void pickleIsNeverRead() {
    LlamaFiles.text(directory.resolve("config.json"), LlamaFiles.CONFIG_JSON);
    LlamaFiles.text(directory.resolve("pytorch_model.bin"), "");

    assertThatThrownBy(() -> ModelDirectory.open(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("pytorch_model.bin, a pickle")
        .hasMessageContaining("safe_serialization=True");
  }

  @Test
  void nothingThere() {
    assertThatThrownBy(() -> ModelDirectory.open(directory.resolve("none")))
        .hasMessage(
            "Cannot load model: there is no such directory (" + directory.resolve("none") + ")");
    LlamaFiles.text(directory.resolve("config.json"), LlamaFiles.CONFIG_JSON);
    assertThatThrownBy(() -> ModelDirectory.open(directory))
        .hasMessageContaining("there is no model.safetensors and no model.safetensors.index.json");
  }

  private void rewriteWeights(Consumer<Map<String, List<Long>>> change) {
    LlamaFiles.model(directory);
    Map<String, List<Long>> shapes = new LinkedHashMap<>(LlamaFiles.CONFIG.weights());
    change.accept(shapes);
    LlamaFiles.bytes(
        directory.resolve("model.safetensors"), LlamaFiles.safetensors(DType.FLOAT16, shapes));
  }

  private void rewriteIndex(String from, String to) {
    Path index = LlamaFiles.shardedModel(directory).resolve("model.safetensors.index.json");
    try {
      LlamaFiles.text(index, Files.readString(index).replace(from, to));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
