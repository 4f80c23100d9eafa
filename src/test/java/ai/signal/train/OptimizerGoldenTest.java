package ai.signal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.signal.cluster.FloatBlocks;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A hundred steps of each optimizer against torch.optim's (src/goldens/losses.py). */
class OptimizerGoldenTest {
  private static final JsonNode GOLDENS = TorchGoldens.read("optimizers.json");

  private static Matrices matrices() {
    List<Matrices.Matrix> all = new ArrayList<>();
    int offset = 0;
    for (JsonNode shape : GOLDENS.get("shapes")) {
      all.add(
          new Matrices.Matrix(
              offset, shape.get(0).intValue(), shape.path(1).asInt(1), all.size() % 2 == 1));
      offset += all.get(all.size() - 1).size();
    }
    return new Matrices(all);
  }

  private static Optimizer optimizer(String name, JsonNode settings) {
    double rate = settings.get("learning_rate").asDouble();
    double decay = settings.get("weight_decay").asDouble();
    double beta1 = settings.path("beta1").asDouble();
    double beta2 = settings.path("beta2").asDouble();
    double none = Double.POSITIVE_INFINITY;
    Optimizer plain =
        switch (name) {
          case "adamw" -> new AdamW(rate, beta1, beta2, 1e-8, decay, none);
          case "adam" -> new Adam(rate, beta1, beta2, 1e-8, decay, none);
          case "sgd" ->
              new Sgd(
                  rate,
                  settings.get("momentum").asDouble(),
                  settings.path("nesterov").asBoolean(),
                  decay,
                  none);
          case "adafactor" -> new Adafactor(rate, -0.8, 1e-3, 1, decay, none);
          default -> throw new AssertionError(name);
        };
    return settings.has("b_ratio")
        ? new LoraPlus(plain, settings.get("b_ratio").asDouble())
        : plain;
  }

  @TestFactory
  Stream<DynamicTest> aHundredSteps() {
    return TorchGoldens.cases(GOLDENS, OptimizerGoldenTest::check);
  }

  private static void check(JsonNode golden) {
    Optimizer optimizer = optimizer(golden.get("name").asText(), golden.get("parameters"));
    float[] values = TorchGoldens.floats(GOLDENS.get("start"));
    OptimizerState state = optimizer.state(matrices());
    for (JsonNode gradient : GOLDENS.get("gradients")) {
      FloatBlocks copy = FloatBlocks.zeros(values.length);
      state.step(optimizer, values, TorchGoldens.floats(gradient), 1, copy);
    }
    float[] expected = TorchGoldens.floats(golden.get("values"));
    for (int i = 0; i < expected.length; i++) {
      assertThat(values[i]).as("value %d", i).isCloseTo(expected[i], within(2e-5f));
    }
  }

  @Test
  void oneShotRatesKeepTheRest() {
    for (Optimizer optimizer :
        List.of(
            AdamW.of(1),
            Adam.of(1),
            Sgd.of(1, 0.9),
            Adafactor.of(1),
            new LoraPlus(AdamW.of(1), 16))) {
      assertThat(optimizer.withLearningRate(0.5).learningRate()).isEqualTo(0.5);
      assertThat(optimizer.withLearningRate(0.5).withLearningRate(1)).isEqualTo(optimizer);
    }
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> Sgd.of(1, 1)).hasMessageContaining("momentum");
    assertThatThrownBy(() -> new Sgd(1, 0, true, 0, 1)).hasMessageContaining("nesterov");
    assertThatThrownBy(() -> Adam.of(-1)).hasMessageContaining("learning_rate");
    assertThatThrownBy(() -> new LoraPlus(Adam.of(1), 0)).hasMessageContaining("ratio");
  }
}
