package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tokens drawn from given logits, against the probabilities that transformers' logits processors
 * leave (src/goldens/warps.py): evenly spread uniforms have to land on each token as often as it is
 * probable.
 */
class WarpGoldenTest {
  private static final int VOCABULARY = 40;
  private static final int DRAWS = 2000;
  private static Decoder decoder;

  /** A model whose logits are its last hidden state: its head is the identity. */
  @BeforeAll
  static void load(@TempDir Path directory) throws IOException {
    Files.writeString(
        directory.resolve("config.json"),
        """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 40, "intermediate_size": 8,
         "num_hidden_layers": 1, "num_attention_heads": 1, "num_key_value_heads": 1, "head_dim": 8, "vocab_size": 40,
         "max_position_embeddings": 64, "tie_word_embeddings": true}
        """);
    Map<String, List<Long>> shapes = ModelConfig.read(directory.resolve("config.json")).weights();
    assertThat(shapes.keySet().iterator().next()).isEqualTo("model.embed_tokens.weight");
    ByteBuffer file =
        ByteBuffer.wrap(LlamaFiles.safetensors(DType.FLOAT32, shapes))
            .order(ByteOrder.LITTLE_ENDIAN);
    int values = Long.BYTES + (int) file.getLong(0);
    for (int i = 0; i < VOCABULARY; i++) {
      file.putFloat(values + Float.BYTES * (i * VOCABULARY + i), 1);
    }
    Files.write(directory.resolve("model.safetensors"), file.array());
    decoder = Decoder.load(ModelDirectory.open(directory), DType.FLOAT32, Device.cpu());
  }

  @AfterAll
  static void close() {
    decoder.close();
  }

  @TestFactory
  Stream<DynamicTest> tokensAreDrawnAsOftenAsTransformersWould() throws IOException {
    JsonNode goldens =
        new ObjectMapper().readTree(Path.of("src/test/resources/warps/warps.json").toFile());
    return StreamSupport.stream(goldens.get("cases").spliterator(), false)
        .map(golden -> DynamicTest.dynamicTest(golden.get("name").asText(), () -> check(golden)));
  }

  private static void check(JsonNode golden) {
    Warp warp =
        new Warp(
            golden.get("temperature").asDouble(),
            golden.get("top_k").asInt(),
            golden.get("top_p").asDouble(),
            golden.get("min_p").asDouble(),
            golden.get("repetition").asDouble(),
            golden.get("presence").asDouble(),
            golden.get("frequency").asDouble());
    int[] counts = new int[VOCABULARY];
    try (NativeAdapter none = decoder.adapter(new float[0], AdapterShape.none(decoder.config()));
        Scope scope = decoder.scope(1)) {
      Prefix prefix = ending(scope, golden.get("logits"));
      for (int i = 0; i < DRAWS; i++) {
        try (Scope inner = scope.inner()) {
          Draws draws = Draws.one(warp, (i + 0.5) / DRAWS);
          if (warp.penalizes()) {
            tell(golden, draws);
          }
          golden.get("banned").forEach(token -> draws.ban(0, token.asInt()));
          counts[(int) decoder.first(inner, none, prefix, draws).tokens()[0]]++;
        }
      }
    }
    for (int token = 0; token < VOCABULARY; token++) {
      double expected = DRAWS * golden.get("probabilities").get(token).asDouble();
      assertThat((double) counts[token]).as("token %d", token).isCloseTo(expected, within(1.01));
    }
  }

  private static void tell(JsonNode golden, Draws draws) {
    Map<Integer, Integer> times = new TreeMap<>();
    golden.get("prompt").forEach(token -> times.put(token.asInt(), 0));
    golden.get("completion").forEach(token -> times.merge(token.asInt(), 1, Integer::sum));
    times.forEach((token, count) -> draws.seen(0, token, count));
  }

  /** A prompt behind which the model has these logits. */
  private static Prefix ending(Scope scope, JsonNode logits) {
    float[] values = new float[VOCABULARY];
    for (int i = 0; i < VOCABULARY; i++) {
      values[i] = logits.get(i).floatValue();
    }
    NDArray hidden = scope.manager().create(values).reshape(1, VOCABULARY);
    return new Prefix(new int[] {1}, new NDList(hidden, hidden));
  }

  @Test
  void theMostLikelyTokensAreThoseOfTheModelItself() {
    try (NativeAdapter none = decoder.adapter(new float[0], AdapterShape.none(decoder.config()));
        Scope scope = decoder.scope(1)) {
      NDArray hidden = scope.manager().arange((float) VOCABULARY).reshape(1, VOCABULARY);
      Draws draws = Draws.one(Warp.random(1), 0.999999);
      draws.ban(0, VOCABULARY - 1);
      draws.top(2);
      Choice choice =
          decoder.first(scope, none, new Prefix(new int[] {1}, new NDList(hidden, hidden)), draws);
      assertThat(choice.tokens()[0]).isLessThan(VOCABULARY - 1);
      assertThat(choice.top().ids()).containsExactly(VOCABULARY - 1, VOCABULARY - 2);
      double sum = Math.log((1 - Math.exp(-VOCABULARY)) / (1 - Math.exp(-1)));
      assertThat(choice.top().logprobs())
          .containsExactly(new float[] {(float) -sum, (float) (-1 - sum)}, within(1e-6f));
    }
  }
}
