package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import ai.signal.client.MergeOptions;
import ai.signal.client.SaveMode;
import ai.signal.client.SavedState;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.goldens.GoldenCase.Sequence;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.model.ModelDirectory;
import ai.signal.model.Safetensors;
import ai.signal.model.TensorRef;
import ai.signal.storage.Content;
import ai.signal.storage.OwnedFiles;
import ai.signal.train.CrossEntropy;
import ai.signal.train.RunConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Merged models, opened as base models, compute what PEFT computes with the adapter. */
@ExtendWith(SparkExtension.class)
class MergedGoldenTest {
  private static final MergeOptions SMALL_SHARDS = MergeOptions.DEFAULT.withMaxShardSize("16KB");

  @TempDir Path folder;

  /** Every kind of adapter that goldens have, in float32 and several files. */
  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void sameLogprobsInFloat32(GoldenCase golden, SparkSession spark) throws IOException {
    SavedState saved = save(golden, SMALL_SHARDS.withDtype(DType.FLOAT32), spark);

    assertThat(saved.mode()).isEqualTo(SaveMode.MERGED);
    assertThat(saved.files()).hasSizeGreaterThan(8).endsWith("config.json");
    assertThat(saved.files()).containsExactlyInAnyOrderElementsOf(names(merged()));
    for (String name : saved.files()) {
      assertThat(Files.getLastModifiedTime(file("config.json")))
          .isGreaterThanOrEqualTo(Files.getLastModifiedTime(file(name)));
    }
    assertThat(config().get(dtypeKey(golden)).asText()).isEqualTo("float32");
    assertThat(Difference.largest(logprobs(golden, spark), golden.logprobs())).isLessThan(1e-4);
  }

  /** Weights keep their dtype; what a rounding to it changes is small. */
  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void sameDtypeAsTheBase(GoldenCase golden, SparkSession spark) throws IOException {
    save(golden, MergeOptions.DEFAULT, spark);

    ModelDirectory base = ModelDirectory.open(golden.model());
    ModelDirectory model = ModelDirectory.open(merged());
    for (String name : base.config().weights().keySet()) {
      assertThat(model.tensor(name).dtype()).isEqualTo(base.tensor(name).dtype());
    }
    DType dtype = base.tensor("model.norm.weight").dtype();
    assertThat(config().get(dtypeKey(golden)).asText()).isEqualTo(dtype.specName());
    assertThat(Files.mismatch(file("tokenizer.json"), golden.model().resolve("tokenizer.json")))
        .isEqualTo(-1);
    assertThat(file("generation_config.json")).exists();
    assertThat(Difference.largest(logprobs(golden, spark), golden.logprobs()))
        .isLessThan(dtype == DType.FLOAT32 ? 1e-4 : 0.03);
  }

  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void sensibleInBfloat16(GoldenCase golden, SparkSession spark) throws IOException {
    save(golden, MergeOptions.DEFAULT.withDtype(DType.BFLOAT16), spark);
    assertThat(Difference.largest(logprobs(golden, spark), golden.logprobs())).isLessThan(0.1);
  }

  /** B is zero: W is as it was, to the bit, and so is all that has no adapter. */
  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void anAdapterThatChangesNothing(GoldenCase golden, SparkSession spark) throws IOException {
    try (SignalClient signal = SignalClient.on(spark)) {
      signal
          .createRun(RunConfig.of(golden.model().toString()).build())
          .saveState(SaveMode.MERGED, merged().toString());
    }
    assertThat(bytes(merged())).isEqualTo(bytes(golden.model()));
    assertThat(config()).isEqualTo(json(golden.model().resolve("config.json")));
  }

  /** A tied embedding that is trained, and the head that is not, are two from then on. */
  @Test
  void tiedEmbeddingsAreUntied(SparkSession spark) throws IOException {
    GoldenCase golden = GoldenCase.named("trained_embedding_tied");
    save(golden, MergeOptions.DEFAULT, spark);

    assertThat(config().get("tie_word_embeddings").asBoolean()).isFalse();
    Map<String, ByteBuffer> weights = bytes(merged());
    assertThat(weights.get("lm_head.weight"))
        .isEqualTo(bytes(golden.model()).get("model.embed_tokens.weight"))
        .isNotEqualTo(weights.get("model.embed_tokens.weight"));
  }

  /** However many files there are, and whoever writes them. */
  @ParameterizedTest
  @EnumSource(DType.class)
  void sameBytesInAnyNumberOfFiles(DType dtype, SparkSession spark) throws IOException {
    GoldenCase golden = GoldenCase.named("dora");
    save(golden, MergeOptions.DEFAULT.withDtype(dtype), spark);
    Map<String, ByteBuffer> whole = bytes(merged());
    assertThat(file("model.safetensors")).exists();
    for (String size : List.of("1", "3KB", "10KiB")) {
      folder = folder.resolve(size);
      save(golden, MergeOptions.DEFAULT.withDtype(dtype).withMaxShardSize(size), spark);
      assertThat(bytes(merged())).isEqualTo(whole);
      assertThat(json(file("model.safetensors.index.json")).at("/metadata/total_size").asLong())
          .isEqualTo(whole.values().stream().mapToLong(ByteBuffer::remaining).sum());
    }
  }

  @Test
  void templatesWithNamesComeAlong(SparkSession spark) throws IOException {
    GoldenCase golden = GoldenCase.named("gqa");
    Path base = Files.createDirectory(folder.resolve("base"));
    for (String name : names(golden.model())) {
      Files.copy(golden.model().resolve(name), base.resolve(name));
    }
    Files.createDirectory(base.resolve("additional_chat_templates"));
    Files.writeString(base.resolve("additional_chat_templates/tool_use.jinja"), "{{ tools }}");
    Files.writeString(base.resolve("notes.txt"), "not of the model");
    SavedState saved = save(base, golden.adapter(), MergeOptions.DEFAULT, spark);

    assertThat(saved.files()).contains("additional_chat_templates/tool_use.jinja");
    assertThat(file("additional_chat_templates/tool_use.jinja")).hasContent("{{ tools }}");
    assertThat(file("notes.txt")).doesNotExist();
  }

  @Test
  void whatIsThereStays(SparkSession spark) throws IOException {
    GoldenCase golden = GoldenCase.named("gqa");
    save(golden, MergeOptions.DEFAULT, spark);
    Map<String, ByteBuffer> before = bytes(merged());
    assertThatThrownBy(() -> save(golden, MergeOptions.DEFAULT, spark))
        .hasMessageContaining("Cannot save merged: ")
        .hasMessageContaining("exists already and holds config.json, ")
        .hasMessageContaining("name another directory");
    assertThat(bytes(merged())).isEqualTo(before);
    Files.delete(file("config.json"));
    assertThatThrownBy(() -> save(golden, MergeOptions.DEFAULT, spark))
        .hasMessageContaining("exists already");
    assertThat(file("model.safetensors")).exists();
  }

  @Test
  void whatADeadWriterLeftIsReplaced(SparkSession spark) throws IOException {
    GoldenCase golden = GoldenCase.named("gqa");
    try (OwnedFiles dead =
        OwnedFiles.open(merged().toString(), "save_state", new Configuration())) {
      dead.write("model-00001-of-00009.safetensors", Content.of(new byte[3]));
      Files.write(
          file(".model.safetensors.%s.0123456789abcdef.part".formatted(dead.attempt())),
          new byte[2]);
    }
    SavedState saved = save(golden, MergeOptions.DEFAULT, spark);
    assertThat(saved.files()).containsExactlyInAnyOrderElementsOf(names(merged()));
  }

  /** Nothing is left of a merge that fails, and Spark does not try it again. */
  @Test
  void aWeightThatTheDtypeCannotHold(SparkSession spark) throws IOException {
    GoldenCase golden = GoldenCase.named("gqa");
    Path adapter = Files.createDirectory(folder.resolve("adapter"));
    Files.copy(
        golden.adapter().resolve("adapter_model.safetensors"),
        adapter.resolve("adapter_model.safetensors"));
    String config = Files.readString(golden.adapter().resolve("adapter_config.json"));
    Files.writeString(
        adapter.resolve("adapter_config.json"),
        config.replaceFirst("\"lora_alpha\": \\d+", "\"lora_alpha\": 100000000"));
    MergeOptions half = MergeOptions.DEFAULT.withDtype(DType.FLOAT16);
    assertThatThrownBy(() -> save(golden.model(), adapter, half, spark))
        .hasMessageContaining("Cannot finish run · save_state merged: ")
        .hasMessageContaining("Cannot merge adapter: 'model.layers.")
        .hasMessageContaining("which float16 cannot hold; choose another dtype");
    assertThat(merged()).doesNotExist();
  }

  /** Not one of ours: transformers reads it as LlamaForSequenceClassification. */
  @Test
  void aScoreHeadStandsInTheOutputHeadsPlace(SparkSession spark) throws IOException {
    Path base = GoldenCase.named("gqa").model();
    Path reward = Path.of("src/test/resources/reward/adapter");
    save(base, reward, MergeOptions.DEFAULT, spark);

    assertThat(config().get("architectures").get(0).asText())
        .isEqualTo("LlamaForSequenceClassification");
    assertThat(config().at("/id2label/0").asText()).isEqualTo("LABEL_0");
    Map<String, float[]> weights = GoldenTensors.read(file("model.safetensors"));
    assertThat(weights.get("score.weight"))
        .isEqualTo(
            GoldenTensors.read(reward.resolve("adapter_model.safetensors"))
                .get("base_model.model.score.weight"));
    assertThat(weights).doesNotContainKey("lm_head.weight");

    LoraConfig both =
        new LoraConfig(2, 4, 0, List.of("q_proj")).withModulesToSave("score", "lm_head");
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(RunConfig.of(base.toString()).lora(both).build());
      assertThatThrownBy(() -> run.saveState(SaveMode.MERGED, folder.resolve("both").toString()))
          .hasMessageContaining("trains 'score' and 'lm_head'");
    }
  }

  private Path merged() {
    return folder.resolve("merged");
  }

  private Path file(String name) {
    return merged().resolve(name);
  }

  private JsonNode config() throws IOException {
    return json(file("config.json"));
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  private static String dtypeKey(GoldenCase golden) throws IOException {
    return json(golden.model().resolve("config.json")).has("dtype") ? "dtype" : "torch_dtype";
  }

  private SavedState save(GoldenCase golden, MergeOptions options, SparkSession spark) {
    return save(golden.model(), golden.adapter(), options, spark);
  }

  private SavedState save(Path base, Path adapter, MergeOptions options, SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      return signal
          .createRun(RunConfig.of(base.toString()).init(adapter.toString()).build())
          .saveMerged(merged().toString(), options);
    }
  }

  /** Of the merged model alone, of every target. */
  private float[] logprobs(GoldenCase golden, SparkSession spark) {
    List<Example> batch = new ArrayList<>();
    for (Sequence s : golden.sequences()) {
      float[] ones = new float[s.tokens().length];
      Arrays.fill(ones, 1);
      batch.add(new Example("golden", s.tokens(), s.targets(), ones));
    }
    float[] all = new float[golden.logprobs().length];
    int at = 0;
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient base = signal.createRun(RunConfig.of(merged().toString()).build());
      for (float[] own : base.forward(batch, new CrossEntropy()).logprobs()) {
        System.arraycopy(own, 0, all, at, own.length);
        at += own.length;
      }
    }
    return all;
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** The bytes of every weight in the files of a directory. */
  private static Map<String, ByteBuffer> bytes(Path directory) throws IOException {
    Map<String, ByteBuffer> weights = new TreeMap<>();
    for (String file : names(directory)) {
      if (file.endsWith(".safetensors")) {
        Safetensors tensors = Safetensors.open(directory.resolve(file));
        for (String name : tensors.names()) {
          TensorRef tensor = tensors.tensor(name);
          ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes());
          try (FileChannel channel = FileChannel.open(tensor.file())) {
            channel.read(bytes, tensor.offset());
          }
          assertThat(weights.put(name, bytes.flip())).as(name).isNull();
        }
      }
    }
    return weights;
  }
}
