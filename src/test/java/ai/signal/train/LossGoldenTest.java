package ai.signal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Losses, their derivatives and metrics against torch's autograd (src/goldens/losses.py). */
class LossGoldenTest {
  private static final JsonNode GOLDENS = TorchGoldens.read("losses.json");

  private static LossInput input() {
    int[] starts = new int[GOLDENS.get("starts").size()];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = GOLDENS.get("starts").get(i).intValue();
    }
    return new LossInput(
        TorchGoldens.floats(GOLDENS.get("logprobs")),
        TorchGoldens.floats(GOLDENS.get("weights")),
        Map.of(
            "logprobs",
            TorchGoldens.floats(GOLDENS.get("q")),
            "advantages",
            TorchGoldens.floats(GOLDENS.get("advantages"))),
        TorchGoldens.floats(GOLDENS.get("base")),
        starts);
  }

  private static Loss loss(String name, JsonNode parameters) {
    boolean plain = parameters.isEmpty();
    double low = parameters.path("low").asDouble();
    double high = parameters.path("high").asDouble();
    return switch (name) {
      case "cross_entropy" -> new CrossEntropy();
      case "importance_sampling" -> new ImportanceSampling();
      case "ppo" -> plain ? new Ppo() : new Ppo(low, high);
      case "cispo" -> plain ? new Cispo() : new Cispo(low, high);
      case "dro" -> plain ? new Dro() : new Dro(parameters.get("beta").asDouble());
      case "dpo" ->
          new Dpo(
              parameters.get("beta").asDouble(),
              parameters.get("smoothing").asDouble(),
              parameters.get("nll").asDouble());
      case "k1", "k2", "k3" ->
          new KlPenalty(
              new CrossEntropy(),
              parameters.get("coefficient").asDouble(),
              KlPenalty.Estimator.valueOf(name.toUpperCase(Locale.ROOT)));
      default -> throw new AssertionError(name);
    };
  }

  @TestFactory
  Stream<DynamicTest> asTorchHasThem() {
    return TorchGoldens.cases(GOLDENS, LossGoldenTest::check);
  }

  private static void check(JsonNode golden) {
    Loss.Output output = loss(golden.get("name").asText(), golden.get("parameters")).apply(input());
    assertThat(output.loss()).isCloseTo(golden.get("loss").asDouble(), within(1e-9));
    float[] gradient = TorchGoldens.floats(golden.get("gradient"));
    for (int i = 0; i < gradient.length; i++) {
      assertThat(output.coefficients()[i])
          .isCloseTo(gradient[i], within(1e-6f * Math.max(1, Math.abs(gradient[i]))));
    }
    golden
        .get("metrics")
        .fields()
        .forEachRemaining(
            metric ->
                assertThat(output.metrics().get(metric.getKey()).value())
                    .as(metric.getKey())
                    .isCloseTo(metric.getValue().asDouble(), within(1e-9)));
  }
}
