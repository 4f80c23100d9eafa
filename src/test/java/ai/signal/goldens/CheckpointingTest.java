package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.signal.goldens.GoldenModel.Backward;
import ai.signal.goldens.GoldenModel.Pass;
import ai.signal.model.DType;
import ai.signal.model.Dropout;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Activation checkpointing and dropout. */
class CheckpointingTest {
  private static final Dropout DROPOUT = new Dropout(0.3, 42);

  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void checkpointedEqualsPlainWithDropout(GoldenCase golden) {
    try (GoldenModel model = GoldenModel.load(golden, DType.FLOAT32)) {
      Pass plain = train(model, golden, DROPOUT, Backward.PLAIN);
      Pass checkpointed = train(model, golden, DROPOUT, Backward.CHECKPOINTED);
      assertThat(checkpointed.lossSum()).isEqualTo(plain.lossSum());
      assertThat(Difference.ofBlocks(model.layout(), checkpointed.gradient(), plain.gradient()))
          .isLessThan(1e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void masksFollowFromTheSeed(GoldenCase golden) {
    try (GoldenModel model = GoldenModel.load(golden, DType.FLOAT32)) {
      Pass first = train(model, golden, DROPOUT, Backward.PLAIN);
      Pass again = train(model, golden, DROPOUT, Backward.PLAIN);
      Pass other = train(model, golden, new Dropout(0.3, 43), Backward.PLAIN);
      Pass none = train(model, golden, Dropout.NONE, Backward.PLAIN);
      assertThat(again.gradient()).containsExactly(first.gradient());
      assertThat(Difference.relative(other.gradient(), first.gradient())).isGreaterThan(0.01);
      assertThat(Difference.relative(none.gradient(), first.gradient())).isGreaterThan(0.01);
    }
  }

  /**
   * The gradient belongs to the masks that the loss was computed with: its norm is the loss's slope
   * along it.
   */
  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void gradientUnderDropoutIsTheSlopeOfTheLoss(GoldenCase golden) {
    try (GoldenModel model = GoldenModel.load(golden, DType.FLOAT32)) {
      float[] gradient = train(model, golden, DROPOUT, Backward.PLAIN).gradient();
      double norm = 0;
      for (float g : gradient) {
        norm += (double) g * g;
      }
      norm = Math.sqrt(norm);
      double step = 1e-3;
      double ahead = lossAt(model, golden, gradient, step / norm);
      double behind = lossAt(model, golden, gradient, -step / norm);
      assertThat((ahead - behind) / (2 * step)).isCloseTo(norm, within(2e-3 * norm));
    }
  }

  private static double lossAt(
      GoldenModel model, GoldenCase golden, float[] direction, double step) {
    float[] moved = model.initial();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += (float) (step * direction[i]);
    }
    return model.train(moved, List.of(golden.sequences()), DROPOUT, Backward.PLAIN).lossSum();
  }

  private static Pass train(
      GoldenModel model, GoldenCase golden, Dropout dropout, Backward backward) {
    return model.train(model.initial(), List.of(golden.sequences()), dropout, backward);
  }
}
