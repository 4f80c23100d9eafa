package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.signal.SparkExtension;
import ai.signal.model.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records that bring token ids, and records that bring rewards. */
@ExtendWith(SparkExtension.class)
class TokensAndScoredTest {
  private static final int BOS = ByteTokenizer.BOS;
  private static final int EOS = ByteTokenizer.EOS;

  @TempDir private Path directory;

  @BeforeEach
  void writeModel() throws IOException {
    ByteTokenizer.write(directory.resolve("model"), true);
  }

  @Test
  void tokensStayAsTheyAre() throws Exception {
    ExampleEncoder.Sequence all = encode("{\"token_ids\": [7, 8, 9]}", DataFormat.AUTO, 64).get(0);
    assertThat(all.tokens()).containsExactly(7, 8, 9);
    assertThat(all.weights()).containsExactly(1, 1);
    // A weight is of the token that it stands at; nothing predicts the first.
    String weighted = "{\"token_ids\": [7, 8, 9, 10], \"weights\": [5, 0, 0.5, 1]}";
    ExampleEncoder.Sequence some = encode(weighted, DataFormat.TOKENS, 64).get(0);
    assertThat(some.tokens()).containsExactly(7, 8, 9, 10);
    assertThat(some.weights()).containsExactly(0, 0.5f, 1);
    ExampleEncoder.Sequence cut = encode(weighted, DataFormat.TOKENS, 3).get(0);
    assertThat(cut.tokens()).containsExactly(7, 8, 9);
    assertThat(cut.weights()).containsExactly(0, 0.5f);
    assertThat(cut.truncated()).isTrue();
  }

  /** What ai.djl.spark's TextEncoder writes, padded to a fixed length. */
  @Test
  void paddingOfATextEncoderIsLeftOut() throws Exception {
    String encoded =
        "{\"token_ids\": {\"ids\": [0, 7, 8, 9, 0], \"type_ids\": [0, 0, 0, 0, 0],"
            + " \"attention_mask\": [0, 1, 1, 1, 0]}, \"weights\": [1, 1, 0, 2, 1]}";
    ExampleEncoder.Sequence sequence = encode(encoded, DataFormat.AUTO, 64).get(0);
    assertThat(sequence.tokens()).containsExactly(7, 8, 9);
    assertThat(sequence.weights()).containsExactly(0, 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"token_ids": [1, 258]}                        | 'token_ids' has 258 at 1, but the model's vocabulary has 258
          {"token_ids": [1, -1]}                         | 'token_ids' has -1 at 1, not a token id
          {"token_ids": [1, 2.5]}                        | 'token_ids' has 2.5 at 1, not a token id
          {"token_ids": [1, null]}                       | 'token_ids' has null at 1, not a token id
          {"token_ids": "ab"}                            | 'token_ids' is a string, not a list of token ids
          {"token_ids": {"input": [1]}}                  | 'token_ids.ids' is null, not a list of token ids
          {"token_ids": [1]}                             | 'token_ids' has 1 tokens: at least 2 are needed to predict one
          {"token_ids": [1, 2], "weights": [1]}          | 'weights' has 1 values for 2 tokens
          {"token_ids": [1, 2], "weights": [1, -1]}      | 'weights' has -1 at 1, not a finite number of at least 0
          {"token_ids": [1, 2], "weights": [1, 1e99]}    | 'weights' has 1.0E99 at 1, not a finite number of at least 0
          {"token_ids": [1, 2], "weights": 1}            | 'weights' is a number, not a list of numbers
          {"token_ids": {"ids": [1, 2], "attention_mask": [1]}} | 'token_ids.attention_mask' has 1 values for 2 tokens
          {"token_ids": [1, 2], "text": "a"}             | its fields fit text and tokens: say which (data.format)
          """)
  void namesWhatIsWrongWithTokens(String line, String reason) {
    assertThatThrownBy(() -> encode(line, DataFormat.AUTO, 64))
        .isInstanceOf(RecordException.class)
        .hasMessage(reason);
  }

  @Test
  void answersHaveTheirAdvantagesAndWhatTheSamplerSaid() throws Exception {
    String scored =
        "{\"prompt\": \"p\", \"responses\": [\"ab\", \"c\", [7, 8], \"mean\"], \"rewards\": [1, 0, 1,"
            + " 0.6666], \"logprobs\": [[-1, -2, -3], [-4], [-5, -6], [0, 0, 0, 0]]}";
    List<ExampleEncoder.Sequence> group = encode(scored, DataFormat.SCORED, 64);
    double[] advantages = GroupAdvantages.of(new double[] {1, 0, 1, 0.6666}, true);
    assertThat(group).hasSize(4);
    assertThat(group.get(0).tokens()).containsExactly(BOS, 'p', 'a', 'b', EOS);
    assertThat(group.get(0).weights()).containsExactly(0, 1, 1, 1);
    assertThat(group.get(0).inputs().get("logprobs")).containsExactly(0, -1, -2, -3);
    float advantage = (float) advantages[0];
    assertThat(group.get(0).inputs().get("advantages"))
        .containsExactly(0, advantage, advantage, advantage);
    // As many log-probabilities as tokens: the sampler was cut off before it could end.
    assertThat(group.get(1).tokens()).containsExactly(BOS, 'p', 'c');
    assertThat(group.get(1).inputs().get("logprobs")).containsExactly(0, -4);
    assertThat(group.get(1).inputs().get("advantages")[1]).isEqualTo((float) advantages[1]);
    assertThat(group.get(2).tokens()).containsExactly(BOS, 'p', 7, 8);
    List<ExampleEncoder.Sequence> cut = encode(scored, DataFormat.SCORED, 4);
    assertThat(cut.get(0).tokens()).containsExactly(BOS, 'p', 'a', 'b');
    assertThat(cut.get(0).inputs().get("logprobs")).containsExactly(0, -1, -2);
  }

  @Test
  void whatEqualsTheMeanTeachesNothing() throws Exception {
    String three = "{\"prompt\": \"p\", \"responses\": [\"a\", \"b\", \"c\"], \"rewards\": %s}";
    assertThat(encode(three.formatted("[0, 1, 0.5]"), DataFormat.SCORED, 64)).hasSize(2);
    assertThat(encode(three.formatted("[0.1, 0.1, 0.1]"), DataFormat.SCORED, 64)).isEmpty();
    assertThat(GroupAdvantages.of(new double[] {0.7, 0.7, 0.7}, true)).containsOnly(0);
    assertThat(GroupAdvantages.of(new double[] {0, 1}, true)[1]).isCloseTo(1, within(1e-5));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "responses": "a", "rewards": [1]            | 'responses' is a string, not a list: at least 2 are needed to compare
          "responses": ["a"], "rewards": [1]          | 'responses' is a list of 1: at least 2 are needed to compare
          "responses": ["a", "b"], "rewards": [1]     | 'rewards' is not a list of one for each of 2 responses
          "responses": ["a", "b"], "rewards": [1, "x"]| 'rewards' has "x" at 1, not a finite number
          "responses": ["a", 3], "rewards": [1, 0]    | 'responses.1' is a number, not a text or a list of token ids
          "responses": ["a", [999]], "rewards": [1, 0]| 'responses.1' has 999 at 0, but the model's vocabulary has 258
          "responses": ["a", "b"], "rewards": [1, 0], "logprobs": [[-1]] | 'logprobs' is not a list of one for each of 2 responses
          "responses": ["abc", "b"], "rewards": [1, 0], "logprobs": [[-1], [-1]] | 'logprobs.0' has 1 values for 3 tokens of 'responses.0' (give the token ids that were sampled)
          "responses": ["a", "b"] | 'rewards' is missing (a record has 'prompt', 'responses' and 'rewards', and 'logprobs' where the loss needs them)
          """)
  void namesWhatIsWrongWithScores(String fields, String reason) {
    assertThatThrownBy(() -> encode("{\"prompt\": \"p\", " + fields + "}", DataFormat.SCORED, 64))
        .isInstanceOf(RecordException.class)
        .hasMessage(reason);
  }

  @Test
  void scoresAreNotTakenForSomethingElse() {
    assertThatThrownBy(
            () ->
                encode(
                    "{\"prompt\": \"p\", \"responses\": [], \"rewards\": []}", DataFormat.AUTO, 64))
        .hasMessageContaining("format scored, which losses on sampled tokens learn");
  }

  @Test
  void groupsGoThroughLaneFiles(SparkSession spark) throws Exception {
    String sampled =
        "{\"prompt\": \"p\", \"responses\": [\"a\", \"b\"], \"rewards\": [0, 1], \"logprobs\": [[-1,"
            + " -2], [-3, -4]]}\n";
    String equal = sampled.replace("[0, 1]", "[1, 1]");
    Path file = Files.writeString(directory.resolve("data.jsonl"), sampled + equal + sampled);
    DataSpec spec = new DataSpec(List.of(file.toString()), DataFormat.SCORED, 64);
    DataSpec needing = spec.needing(Set.of("advantages", "logprobs"));
    LaneDataset data = prepare(spark, needing);
    assertThat(data.examples()).isEqualTo(2);
    assertThat(data.dropped()).isEqualTo(1);
    Example example = data.lane(0).example(0);
    assertThat(example.lengths()).containsExactly(3, 3);
    assertThat(example.tokens()).containsExactly(BOS, 'p', 'a', BOS, 'p', 'b');
    assertThat(example.inputs().get("logprobs")).containsExactly(0, -1, -2, 0, -3, -4);
    float one = example.inputs().get("advantages")[5];
    assertThat(example.inputs().get("advantages")).containsExactly(0, -one, -one, 0, one, one);

    Files.writeString(file, sampled + sampled.replaceAll(", .logprobs.*]]", ""));
    assertThatThrownBy(() -> prepare(spark, needing))
        .hasMessage("Cannot read %s line 2: 'logprobs' is missing, which the loss needs", file);
    assertThat(prepare(spark, spec.needing(Set.of("advantages"))).examples()).isEqualTo(2);
  }

  private LaneDataset prepare(SparkSession spark, DataSpec spec) {
    return LaneDataset.prepare(
        spark, spec, directory.resolve("model").toString(), 2, directory.resolve("out").toString());
  }

  private List<ExampleEncoder.Sequence> encode(String json, DataFormat format, int maxLength)
      throws RecordException {
    byte[] line = json.getBytes(StandardCharsets.UTF_8);
    Path model = directory.resolve("model");
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      return ExampleEncoder.of(model, tokenizer, maxLength)
          .encode(
              new RecordReader(format, new DataFormat[1], Map.of())
                  .read(new Line(0, 0, line, line.length)));
    }
  }
}
