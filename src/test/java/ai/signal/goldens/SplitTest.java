package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.signal.goldens.GoldenModel.Backward;
import ai.signal.goldens.GoldenModel.Pass;
import ai.signal.model.DType;
import ai.signal.model.Dropout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A model whose layers lie on two devices gives the bits of the unsplit one. */
class SplitTest {
  /** For torch they are two: what moves from one to the other is copied. */
  private static final Device[] TWO = {Device.of("cpu", 0), Device.of("cpu", 1)};

  private static final Dropout DROPOUT = new Dropout(0.3, 42);

  static Stream<Arguments> cases() {
    return GoldenCase.all()
        .flatMap(golden -> Arrays.stream(DType.values()).map(dtype -> Arguments.of(golden, dtype)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sameLogProbabilitiesLossAndGradient(GoldenCase golden, DType dtype) {
    try (GoldenModel whole = GoldenModel.load(golden, dtype);
        GoldenModel split = GoldenModel.load(golden, dtype, TWO)) {
      assertThat(split.logprobs(golden.sequences()))
          .containsExactly(whole.logprobs(golden.sequences()));
      for (Backward backward : Backward.values()) {
        for (Dropout dropout : List.of(Dropout.NONE, DROPOUT)) {
          Pass expected = train(whole, golden, dropout, backward);
          Pass pass = train(split, golden, dropout, backward);
          assertThat(pass.lossSum()).isEqualTo(expected.lossSum());
          assertThat(pass.gradient()).containsExactly(expected.gradient());
        }
      }
    }
  }

  private static Pass train(
      GoldenModel model, GoldenCase golden, Dropout dropout, Backward backward) {
    return model.train(model.initial(), List.of(golden.sequences()), dropout, backward);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sameCompletions(GoldenCase golden, DType dtype) {
    try (GoldenModel whole = GoldenModel.load(golden, dtype);
        GoldenModel split = GoldenModel.load(golden, dtype, TWO)) {
      List<GoldenCase.Generation> expected =
          GenerationGoldenTest.generate(whole, golden.generations());
      List<GoldenCase.Generation> actual =
          GenerationGoldenTest.generate(split, golden.generations());
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i).tokens()).containsExactly(expected.get(i).tokens());
        assertThat(actual.get(i).logprobs()).containsExactly(expected.get(i).logprobs());
      }
    }
  }
}
