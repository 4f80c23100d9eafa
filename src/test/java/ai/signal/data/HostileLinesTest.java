package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines that parsers and tokenizers choke on are bad records and end no job that skips them. */
@ExtendWith(SparkExtension.class)
class HostileLinesTest {
  private static final String GOOD = "{\"text\": \"Anna saw Tom.\"}";
  private static final String SAID =
      "{\"messages\": [{\"role\": \"user\", \"content\": \"%s\"}, {\"role\": \"assistant\", \"content\": \"%s\"}]%s}";

  @TempDir private Path directory;

  @BeforeEach
  void writeModel() throws IOException {
    Path model = ByteTokenizer.write(directory.resolve("model"), true);
    Files.writeString(model.resolve("chat_template.jinja"), ExampleEncoderTest.TEMPLATE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lines", "array", "rows"})
  void noneEndsAJobThatSkips(String by, SparkSession spark) throws IOException {
    List<String> hostile =
        List.of(
            "{\"messages\": " + "[".repeat(1001) + "]".repeat(1001) + "}",
            "{\"token_ids\": [1, 2], \"weights\": [1, " + "9".repeat(1001) + "]}",
            "{\"text\": \"" + "a".repeat(25_000_000) + "\"}",
            "{\"" + "a".repeat(50_001) + "\": 1}",
            "{\"messages\": [null]}",
            "{\"messages\": " + "[".repeat(990) + "]".repeat(990) + "}",
            "{\"text\": \"smile \\ud83d\"}",
            SAID.formatted("smile \\ud83d", "ok", ""),
            SAID.formatted("hi", "ok \\ude00!", ""),
            SAID.formatted("hi", "ok", ", \"tools\": [{\"name\": \"a\\ud83d\"}]"),
            SAID.formatted("hi", "ok", ", \"tools\": [{\"a\\ud83d\": 1}]"));
    boolean array = by.equals("array");
    String lines = GOOD + (array ? "," : "") + "\n" + String.join(array ? ",\n" : "\n", hostile);
    Path file = directory.resolve(array ? "a.json" : "a.jsonl");
    Files.writeString(file, array ? "[" + lines + "]" : lines + "\n");
    DataSpec spec = new DataSpec(List.of(file.toString()), DataFormat.AUTO, 64);
    if (by.equals("rows")) {
      spec =
          spec.selecting(
              new Selection(Map.of(), Optional.empty(), Optional.of("true"), Optional.empty()));
    }
    LaneDataset data = prepare(spark, spec.on(BadRecords.QUARANTINE));
    assertThat(data.examples()).isEqualTo(1);
    assertThat(data.leftOut().records()).isEqualTo(hostile.size());
    assertThat(data.leftOut().first()).startsWith(file + " line 2: JSON that is not read: ");
    List<String> kept =
        Files.readAllLines(Path.of(java.net.URI.create(data.quarantine().orElseThrow())));
    assertThat(kept).hasSameSizeAs(hostile).allMatch(row -> row.contains("\"reason\":\""));
    assertThat(kept.get(7)).contains("'messages.0.content' has half of a surrogate pair");
    assertThat(kept.get(9)).contains("'tools.0.name' has half of a surrogate pair");
  }

  /** A tokenizer may know more tokens than the embedding has rows. */
  @Test
  void aTokenWithoutARowIsABadRecordInEveryFormat(SparkSession spark) throws IOException {
    rows(257); // </s> has none
    Path model = directory.resolve("model");
    Files.writeString(model.resolve("tokenizer_config.json"), "{\"eos_token\": \"a\"}");
    Path file = directory.resolve("a.jsonl");
    for (String line :
        List.of(
            "{\"text\": \"x </s> y\"}",
            "{\"prompt\": \"x </s>\", \"completion\": \"y\"}",
            "{\"prompt\": \"x\", \"completion\": \"</s>\"}",
            SAID.formatted("x </s>", "y", ""),
            "{\"token_ids\": [1, 257]}")) {
      Files.writeString(file, GOOD + "\n" + line + "\n");
      DataSpec spec = new DataSpec(List.of(file.toString()), DataFormat.AUTO, 64);
      LaneDataset data = prepare(spark, spec.on(BadRecords.SKIP));
      assertThat(data.leftOut().records()).as(line).isEqualTo(1);
      Files.writeString(file, line + "\n");
      assertThatThrownBy(() -> prepare(spark, spec))
          .hasMessageContaining(file + " line 1: ")
          .hasMessageContaining("257")
          .hasMessageContaining("but the model's vocabulary has 257");
    }
  }

  @Test
  void anEosTokenWithoutARowIsRefusedOnTheDriver(SparkSession spark) throws IOException {
    rows(257);
    Path file = directory.resolve("a.jsonl");
    Files.writeString(file, "nonsense\n");
    DataSpec spec = new DataSpec(List.of(file.toString()), DataFormat.AUTO, 64);
    assertThatThrownBy(() -> prepare(spark, spec))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("eos_token is token 257, but the model's vocabulary has 257");
  }

  /** Writes a configuration whose embedding has so many rows. */
  private void rows(int vocabulary) throws IOException {
    Files.writeString(
        directory.resolve("model/config.json"),
        """
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": %d, "hidden_size": 8,
         "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2,
         "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
         "tie_word_embeddings": true, "torch_dtype": "float32"}
        """
            .formatted(vocabulary));
  }

  private LaneDataset prepare(SparkSession spark, DataSpec spec) {
    return LaneDataset.prepare(
        spark,
        spec,
        directory.resolve("model").toString(),
        1,
        directory.resolve("out" + System.identityHashCode(spec)).toString());
  }
}
