package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.signal.goldens.GoldenModel.Backward;
import ai.signal.goldens.GoldenModel.Pass;
import ai.signal.model.DType;
import ai.signal.model.Dropout;
import ai.signal.model.ModelConfig;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** float32 is held to transformers and PEFT. */
class Float32GoldenTest {

  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void rotaryFrequenciesAreTheSameBits(GoldenCase golden) {
    ModelConfig config = ModelConfig.read(golden.model().resolve("config.json"));
    assertThat(config.ropeScaling().inverseFrequencies(config.ropeTheta(), config.headDim()))
        .containsExactly(golden.inverseFrequencies());
  }

  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void logProbabilities(GoldenCase golden) {
    try (GoldenModel model = GoldenModel.load(golden, DType.FLOAT32)) {
      assertThat(Difference.largest(model.logprobs(golden.sequences()), golden.logprobs()))
          .isLessThan(1e-4);
    }
  }

  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void lossAndGradient(GoldenCase golden) {
    check(golden, Backward.PLAIN);
  }

  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void lossAndGradientCheckpointed(GoldenCase golden) {
    check(golden, Backward.CHECKPOINTED);
  }

  private static void check(GoldenCase golden, Backward backward) {
    try (GoldenModel model = GoldenModel.load(golden, DType.FLOAT32)) {
      Pass pass = model.train(model.initial(), List.of(golden.sequences()), Dropout.NONE, backward);
      assertThat(pass.lossSum() / golden.denominator())
          .isCloseTo(golden.loss(), within(1e-5 * golden.loss()));
      float[] expected = model.flat(golden.tensors("gradients.safetensors"));
      assertThat(Difference.ofTensors(model.layout(), pass.gradient(), expected)).isLessThan(1e-4);
    }
  }
}
