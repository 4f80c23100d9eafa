package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.signal.SparkExtension;
import ai.signal.client.SaveMode;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.LoraConfig;
import ai.signal.lora.PeftAdapter;
import ai.signal.model.DType;
import ai.signal.model.Decoder;
import ai.signal.model.Dropout;
import ai.signal.model.Head;
import ai.signal.model.ModelDirectory;
import ai.signal.model.NativeAdapter;
import ai.signal.model.NativeGradient;
import ai.signal.model.Packing;
import ai.signal.model.Scope;
import ai.signal.model.Trunk;
import ai.signal.train.AdamW;
import ai.signal.train.BradleyTerry;
import ai.signal.train.CrossEntropy;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.RunConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reward models are held to transformers' and PEFT's (src/goldens/reward_model.py). */
@ExtendWith(SparkExtension.class)
class RewardGoldenTest {
  private static final Path FOLDER = Path.of("src/test/resources/reward");
  private static final Path BASE = GoldenCase.named("gqa").model();

  private static JsonNode notes() {
    try {
      return new ObjectMapper().readTree(FOLDER.resolve("case.json").toFile());
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read goldens: " + FOLDER, e);
    }
  }

  private static RunConfig.Builder config() {
    return RunConfig.of(BASE.toString())
        .name("reward")
        .init(FOLDER.resolve("adapter").toString())
        .lanes(2)
        .tokensPerMicrobatch(30);
  }

  private static int[] ints(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).intValue()).toArray();
  }

  private static List<Example> pairs() {
    List<Example> pairs = new ArrayList<>();
    for (JsonNode pair : notes().get("pairs")) {
      pairs.add(pair("pair " + pairs.size(), ints(pair.get("chosen")), ints(pair.get("rejected"))));
    }
    return pairs;
  }

  /** Whole sequences as tokens and targets, which are one behind them. */
  private static Example pair(String id, int[] chosen, int[] rejected) {
    int first = chosen.length - 1;
    int second = rejected.length - 1;
    int[] tokens = Arrays.copyOf(chosen, first + second);
    int[] targets = Arrays.copyOf(Arrays.copyOfRange(chosen, 1, first + 1), first + second);
    System.arraycopy(rejected, 0, tokens, first, second);
    System.arraycopy(rejected, 1, targets, first, second);
    float[] weights = new float[first + second];
    return new Example(id, tokens, targets, weights, new int[] {first, second}, Map.of());
  }

  private static float[] expectedScores() {
    List<Float> scores = new ArrayList<>();
    for (JsonNode pair : notes().get("pairs")) {
      pair.get("scores").forEach(score -> scores.add(score.floatValue()));
    }
    return floats(scores);
  }

  private static float[] floats(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  @Test
  void scoresLossAndSteps(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config().build());
      List<Example> batch = pairs();
      double margin = notes().get("margin").asDouble();
      ForwardBackwardResult found = run.forward(batch, new BradleyTerry(margin));
      List<Float> scores = new ArrayList<>();
      for (float[] pair : found.logprobs()) {
        assertThat(pair).hasSize(2);
        scores.add(pair[0]);
        scores.add(pair[1]);
      }
      assertThat(Difference.largest(floats(scores), expectedScores())).isLessThan(1e-5);
      double loss = notes().get("loss").asDouble();
      assertThat(found.lossSum()).isCloseTo(loss, within(1e-5 * loss));
      assertThat(found.denominator()).isEqualTo(batch.size());
      assertThat(found.metrics().get("chosen_reward") - found.metrics().get("rejected_reward"))
          .isCloseTo(found.metrics().get("margin"), within(1e-6));
      double rate = notes().get("learning_rate").asDouble();
      double decay = notes().get("weight_decay").asDouble();
      for (int step = 0; step < notes().get("steps").asInt(); step++) {
        run.forwardBackward(batch, new BradleyTerry());
        run.optimStep(AdamW.of(rate).withWeightDecay(decay));
      }
      float[] expected = flat(run.layout(), "trained.safetensors");
      assertThat(Difference.ofTensors(run.layout(), run.adapter(), expected)).isLessThan(1e-4);
    }
  }

  private static float[] flat(AdapterLayout layout, String file) {
    return GoldenModel.flat(layout, GoldenTensors.read(FOLDER.resolve(file)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gradient(boolean checkpointed) {
    gradient(checkpointed, 1e-4, DType.FLOAT32, Device.cpu());
    gradient(checkpointed, 1e-4, DType.FLOAT32, Device.of("cpu", 0), Device.of("cpu", 1));
    gradient(checkpointed, 0.05, DType.BFLOAT16, Device.cpu());
  }

  private static void gradient(
      boolean checkpointed, double tolerance, DType dtype, Device... devices) {
    ModelDirectory base = ModelDirectory.open(BASE);
    PeftAdapter given = PeftAdapter.read(FOLDER.resolve("adapter"), base.config());
    List<int[]> sequences = new ArrayList<>();
    for (JsonNode pair : notes().get("pairs")) {
      sequences.add(ints(pair.get("chosen")));
      sequences.add(ints(pair.get("rejected")));
    }
    Packing packing = Packing.of(sequences);
    long[] rows = new long[sequences.size()];
    Arrays.setAll(rows, i -> (long) packing.starts()[i] + sequences.get(i).length - 1);
    try (Decoder decoder = Decoder.load(base, dtype, devices);
        NativeAdapter adapter = decoder.adapter(given.values(), given.layout().shape());
        Scope scope = decoder.scope(1)) {
      NativeGradient gradient = decoder.gradient(scope, given.layout().size());
      Trunk trunk = decoder.trunk(scope, adapter, packing, Dropout.NONE, checkpointed);
      Head head = decoder.scores(scope, trunk, rows);
      assertThat(Difference.relative(head.logprobs(), expectedScores())).isLessThan(tolerance / 2);
      float[] coefficients = new float[rows.length];
      for (int i = 0; i < rows.length; i += 2) {
        double ahead =
            expectedScores()[i] - expectedScores()[i + 1] - notes().get("margin").asDouble();
        coefficients[i] = (float) (-1 / (1 + Math.exp(ahead)));
        coefficients[i + 1] = -coefficients[i];
      }
      decoder.backward(scope, trunk, head, coefficients, gradient);
      float[] expected = flat(given.layout(), "gradients.safetensors");
      assertThat(Difference.ofTensors(given.layout(), gradient.toArray(), expected))
          .isLessThan(tolerance);
    }
  }

  @Test
  void adapterOfPeftIsSavedAsItCame(SparkSession spark, @TempDir Path folder) {
    try (SignalClient signal = SignalClient.on(spark)) {
      Path saved = folder.resolve("adapter");
      signal.createRun(config().build()).saveState(SaveMode.ADAPTER, saved.toString());
      Map<String, float[]> actual = GoldenTensors.read(saved.resolve("adapter_model.safetensors"));
      Map<String, float[]> expected =
          GoldenTensors.read(FOLDER.resolve("adapter/adapter_model.safetensors"));
      assertThat(actual.keySet()).isEqualTo(expected.keySet());
      expected.forEach((name, values) -> assertThat(actual.get(name)).containsExactly(values));
    }
  }

  @Test
  void aPairIsLearnt(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      LoraConfig lora = new LoraConfig(4, 8, 0, List.of("q_proj")).withModulesToSave("score");
      TrainingClient run =
          signal.createRun(RunConfig.of(BASE.toString()).lora(lora).seed(3).build());
      List<Example> batch = pairs();
      ForwardBackwardResult first = run.forward(batch, new BradleyTerry());
      assertThat(first.loss()).as("near chance").isCloseTo(Math.log(2), within(0.2));
      for (int step = 0; step < 40; step++) {
        run.forwardBackward(batch, new BradleyTerry());
        run.optimStep(AdamW.of(2e-2));
      }
      ForwardBackwardResult last = run.forward(batch, new BradleyTerry());
      assertThat(last.metrics().get("accuracy")).isEqualTo(1);
      assertThat(last.loss()).isLessThan(0.1);
    }
  }

  @Test
  void whatDoesNotFitIsRefused(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient scored = signal.createRun(config().build());
      TrainingClient plain = signal.createRun(RunConfig.of(BASE.toString()).build());
      List<Example> batch = pairs();
      assertThatThrownBy(() -> plain.forward(batch, new BradleyTerry()))
          .hasRootCauseMessage(
              "Cannot compute a loss: reward reads a score head, and the adapter has none (lora.modules_to_save: [score])");
      Example alone = new Example("alone", new int[] {3}, new int[] {4}, new float[] {1});
      assertThatThrownBy(() -> scored.forward(List.of(alone), new BradleyTerry()))
          .hasRootCauseMessage(
              "Cannot compute a loss: example 'alone' has 1 sequence, but reward compares 2");
      int[] longest = new int[65];
      Example tooLong = pair("long", longest, new int[] {3, 4});
      assertThatThrownBy(() -> scored.forward(List.of(tooLong), new BradleyTerry()))
          .rootCause()
          .hasMessageContaining("example 'long' has 65 tokens, but the model's context holds 64");
      assertThat(scored.forward(List.of(alone), new CrossEntropy()).denominator())
          .as("the output head is there too")
          .isEqualTo(1);
    }
  }
}
