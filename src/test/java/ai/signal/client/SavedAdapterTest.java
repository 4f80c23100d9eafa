package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.S3Extension;
import ai.signal.S3Server;
import ai.signal.SparkExtension;
import ai.signal.checkpoint.RunIdentity;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.model.ModelSource;
import ai.signal.storage.Content;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.RunConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What save_state writes of an adapter beside PEFT's own files, and how. */
@ExtendWith({SparkExtension.class, S3Extension.class})
class SavedAdapterTest {
  private static final LoraConfig LORA = new LoraConfig(4, 8, 0.2, List.of("q_proj", "down_proj"));

  @TempDir Path directory;

  @Test
  void itBringsTheTokenizerAndACard(SparkSession spark) throws IOException {
    Path base = base();
    Files.writeString(base.resolve("special_tokens_map.json"), "{}");
    Files.writeString(base.resolve("chat_template.jinja"), "{{ messages }}");
    Files.createDirectory(base.resolve("additional_chat_templates"));
    Files.writeString(base.resolve("additional_chat_templates/tool.jinja"), "tools");
    Path saved = directory.resolve("adapter");
    double loss;
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run =
          signal.createRun(
              RunConfig.of(base.toString())
                  .name("teach-it")
                  .dtype(DType.FLOAT32)
                  .seed(3)
                  .lora(LORA)
                  .build());
      for (int step = 0; step < 2; step++) {
        run.forwardBackward(
            List.of(run.example("Anna has a", " cup."), run.example("Leo", " ran.")),
            new CrossEntropy());
        run.optimStep(AdamW.of(1e-2));
      }
      loss = run.metrics().get(1).loss();
      assertThat(run.saveState(SaveMode.ADAPTER, saved.toString()).files())
          .containsExactly(
              "adapter_model.safetensors",
              "additional_chat_templates/tool.jinja",
              "chat_template.jinja",
              "special_tokens_map.json",
              "tokenizer.json",
              "tokenizer_config.json",
              "README.md",
              "adapter_config.json");
    }
    for (String copied :
        List.of(
            "tokenizer.json", "tokenizer_config.json", "additional_chat_templates/tool.jinja")) {
      assertThat(saved.resolve(copied)).hasSameBinaryContentAs(base.resolve(copied));
    }
    String card = Files.readString(saved.resolve("README.md"));
    assertThat(frontMatter(card).toString())
        .isEqualTo(
            """
            {"base_model":"SmolLM2-mine","base_model_relation":"adapter","library_name":"peft","pipeline_tag":"text-generation","tags":["lora","signal-spark"]}""");
    assertThat(card)
        .contains("# teach-it\n")
        .contains("| rank | `4` |", "| alpha | `8` |", "| dropout | `0.2` |")
        .contains("| targets | `q_proj, down_proj` |", "| optimizer steps | `2` |")
        .contains("| seed | `3` |", "| lanes | `2` |", "| dtype | `float32` |")
        .contains("| loss of the last step | `%.4f` |".formatted(loss))
        .contains("PyTorch 2.7.1")
        .contains("--max-lora-rank 8 ")
        .doesNotContain(directory.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "builtin:tiny, builtin-tiny",
    "/home/anna/models/SmolLM2-135M/, SmolLM2-135M",
    "/home/anna/.cache/huggingface/hub/models--HuggingFaceTB--SmolLM2-135M/snapshots/93efa2f, HuggingFaceTB/SmolLM2-135M",
    "s3a://bucket/models/mine, mine",
    "/, base",
    "'/x/a \"b`', a-b"
  })
  void aBaseModelIsCalledWithoutItsPath(String base, String name) {
    assertThat(BaseName.of(base)).isEqualTo(name);
  }

  @Test
  void aCardSaysWhatVllmRefuses() throws IOException {
    assertThat(card("a", LORA.withDora(true)).markdown())
        .contains("- dora\n", "vLLM does not load this adapter: it has magnitudes (DoRA). Merge");
    AdapterCard score = card("a", LORA.withModulesToSave("score"));
    assertThat(frontMatter(score.markdown()).path("pipeline_tag").asText())
        .isEqualTo("text-classification");
    assertThat(score.markdown())
        .contains("it trains modules whole (score)", "AutoModelForSequenceClassification");
  }

  @Test
  void aNameCannotBreakOutOfACard() throws IOException {
    String card = card("a`|\n---\nlicense: x <b>[y](z)", LORA).markdown();
    assertThat(frontMatter(card).has("license")).isFalse();
    assertThat(card).contains("# a'' --- license: x 'b''y'(z)\n");
  }

  private static AdapterCard card(String name, LoraConfig lora) {
    return new AdapterCard(
        new RunIdentity("id", name, "0123456789abcdef", "digest", Map.of()),
        JsonNodeFactory.instance.objectNode(),
        "builtin:tiny",
        lora,
        1000,
        5,
        OptionalDouble.empty());
  }

  private static JsonNode frontMatter(String card) throws IOException {
    String[] parts = card.split("(?m)^---$", 3);
    assertThat(parts[0]).isEmpty();
    return new YAMLMapper().readTree(parts[1]);
  }

  @Test
  void theLastFileMarksADirectoryAsWhole(S3Server server) throws IOException {
    Configuration s3 = server.conf();
    String bucket = server.bucket();
    for (String place :
        List.of(directory.resolve("out").toUri().toString(), "s3a://" + bucket + "/out")) {
      Map<String, Content> failing = new LinkedHashMap<>();
      failing.put("a", out -> out.write(1));
      failing.put(
          "b",
          out -> {
            out.write(2);
            throw new IOException("the disk is full");
          });
      failing.put("last", out -> out.write(3));
      assertThatThrownBy(
              () ->
                  AdapterFiles.write(
                      () -> SaveTarget.directory(SaveMode.ADAPTER, place, s3), failing))
          .hasMessageStartingWith("Cannot save adapter: ")
          .hasMessageEndingWith("/out: the disk is full");

      Map<String, Content> whole = new LinkedHashMap<>(failing);
      whole.put("b", out -> out.write(new byte[] {7, 8}));
      assertThat(
              AdapterFiles.write(() -> SaveTarget.directory(SaveMode.ADAPTER, place, s3), whole)
                  .bytes())
          .isEqualTo(4);
      try (FileSystem files = FileSystem.newInstance(java.net.URI.create(place), s3)) {
        org.apache.hadoop.fs.Path b = new org.apache.hadoop.fs.Path(place, "b");
        assertThat(files.open(b).readAllBytes()).containsExactly(7, 8);
      }
      assertThatThrownBy(
              () ->
                  AdapterFiles.write(
                      () -> SaveTarget.directory(SaveMode.ADAPTER, place, s3), whole))
          .hasMessageContaining("exists already");
    }
    Path others = Files.createDirectories(directory.resolve("others"));
    Files.write(others.resolve("a"), "mine".getBytes(StandardCharsets.UTF_8));
    Files.write(others.resolve("letter.txt"), new byte[1]);
    Map<String, Content> two = new LinkedHashMap<>();
    two.put("a", out -> out.write(1));
    two.put("last", out -> out.write(1));
    assertThatThrownBy(
            () ->
                AdapterFiles.write(
                    () -> SaveTarget.directory(SaveMode.ADAPTER, others.toString(), s3), two))
        .hasMessageContaining("exists already");
    assertThat(others.resolve("a")).hasContent("mine");
  }

  /** A copy of the model that ships with Signal, in a directory of a person. */
  private Path base() throws IOException {
    Path base = Files.createDirectories(directory.resolve("home/anna/SmolLM2-mine"));
    try (Stream<Path> files = Files.list(ModelSource.resolve("builtin:tiny"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, base.resolve(file.getFileName().toString()));
      }
    }
    return base;
  }
}
