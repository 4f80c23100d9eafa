package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.signal.goldens.GoldenModel.Backward;
import ai.signal.goldens.GoldenModel.Pass;
import ai.signal.model.DType;
import ai.signal.model.Dropout;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Below float32, what PEFT itself loses under autocast in bfloat16 is the measure: distances are
 * from the float32 values, ours may be at most a quarter larger than PEFT's.
 */
class LowPrecisionTest {
  private static final double MULTIPLE = 1.25;

  /** Not all of the distance may be gone either: that would be float32. */
  private static final double SOME = 1e-5;

  static Stream<Arguments> cases() {
    return GoldenCase.ofAutocast()
        .flatMap(
            golden ->
                Stream.of(DType.BFLOAT16, DType.FLOAT16).map(dtype -> Arguments.of(golden, dtype)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logProbabilities(GoldenCase golden, DType dtype) {
    float[] exact = golden.logprobs();
    float[] autocast = golden.tensors("logprobs.safetensors").get("logprobs_autocast");
    try (GoldenModel model = GoldenModel.load(golden, dtype)) {
      assertThat(Difference.relative(model.logprobs(golden.sequences()), exact))
          .isBetween(SOME, MULTIPLE * Difference.relative(autocast, exact));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradient(GoldenCase golden, DType dtype) {
    try (GoldenModel model = GoldenModel.load(golden, dtype)) {
      float[] exact = model.flat(golden.tensors("gradients.safetensors"));
      float[] autocast = model.flat(golden.tensors("gradients_autocast.safetensors"));
      for (Backward backward : Backward.values()) {
        Pass pass =
            model.train(model.initial(), List.of(golden.sequences()), Dropout.NONE, backward);
        assertThat(pass.lossSum() / golden.denominator())
            .isCloseTo(golden.lossAutocast(), within(1e-3 * golden.loss()));
        assertThat(Difference.ofTensors(model.layout(), pass.gradient(), exact))
            .isBetween(SOME, MULTIPLE * Difference.ofTensors(model.layout(), autocast, exact));
      }
    }
  }
}
