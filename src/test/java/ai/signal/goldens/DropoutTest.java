package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.signal.goldens.GoldenModel.Backward;
import ai.signal.goldens.GoldenModel.Pass;
import ai.signal.lora.AdapterLayout;
import ai.signal.model.DType;
import ai.signal.model.Dropout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dropout, with and without activation checkpointing. */
class DropoutTest {
  private static final Dropout DROPOUT = new Dropout(0.3, 42);

  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void checkpointedEqualsPlainWithDropout(GoldenCase golden) {
    try (GoldenModel model = GoldenModel.load(golden, DType.FLOAT32)) {
      Pass plain = train(model, golden, DROPOUT, Backward.PLAIN);
      Pass checkpointed = train(model, golden, DROPOUT, Backward.CHECKPOINTED);
      assertThat(checkpointed.lossSum()).isEqualTo(plain.lossSum());
      assertThat(Difference.ofTensors(model.layout(), checkpointed.gradient(), plain.gradient()))
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
      float[] gradient =
          withoutDetached(model, train(model, golden, DROPOUT, Backward.PLAIN).gradient());
      double norm = norm(gradient);
      double step = 1e-3;
      double ahead =
          loss(model, moved(model.initial(), gradient, step / norm), golden.sequences(), DROPOUT);
      double behind =
          loss(model, moved(model.initial(), gradient, -step / norm), golden.sequences(), DROPOUT);
      assertThat((ahead - behind) / (2 * step)).isCloseTo(norm, within(2e-3 * norm));
    }
  }

  /** DoRA's gradient takes norms as constants, so its A and B alone do not tell the slope. */
  private static float[] withoutDetached(GoldenModel model, float[] gradient) {
    for (AdapterLayout.Tensor tensor : model.layout().tensors()) {
      if (model.layout().lora().dora() && tensor.kind() != AdapterLayout.Kind.MAGNITUDE) {
        Arrays.fill(gradient, tensor.offset(), tensor.offset() + tensor.size(), 0);
      }
    }
    return gradient;
  }

  /** PEFT in training, with the same masks. */
  @ParameterizedTest
  @EnumSource
  void doraUnderDropoutIsThatOfPeft(Backward backward) {
    GoldenCase golden = GoldenCase.named("dora");
    try (GoldenModel model = GoldenModel.load(golden, DType.FLOAT32)) {
      GoldenCase.Sequence first = golden.sequences().get(0);
      float[] ones = new float[first.tokens().length];
      Arrays.fill(ones, 1);
      GoldenCase.Sequence sequence = new GoldenCase.Sequence(first.tokens(), first.targets(), ones);
      Pass pass = model.train(model.initial(), List.of(List.of(sequence)), DROPOUT, backward);
      assertThat(pass.lossSum()).isCloseTo(golden.lossDropout(), within(1e-4));
      float[] expected = model.flat(golden.tensors("gradients_dropout.safetensors"));
      assertThat(Difference.ofTensors(model.layout(), pass.gradient(), expected)).isLessThan(1e-4);
    }
  }

  /**
   * What is kept is scaled up: while an adapter is so small that the loss is linear in its output,
   * the mean over masks is the loss without dropout.
   */
  @ParameterizedTest
  @ValueSource(strings = {"gqa", "lm_head"})
  void meanOverMasksIsTheLossWithoutDropout(String name) {
    GoldenCase golden = GoldenCase.named(name);
    try (GoldenModel model = GoldenModel.load(golden, DType.FLOAT32)) {
      List<GoldenCase.Sequence> batch = golden.sequences();
      float[] zero = model.withoutB();
      double none = loss(model, zero, batch, Dropout.NONE);
      float[] uphill = model.train(zero, List.of(batch), Dropout.NONE, Backward.PLAIN).gradient();
      float[] small = moved(zero, uphill, 0.01 / norm(uphill));
      double effect = loss(model, small, batch, Dropout.NONE) - none;
      double sum = 0;
      int masks = 100;
      for (int seed = 0; seed < masks; seed++) {
        sum += loss(model, small, batch, new Dropout(0.3, seed)) - none;
      }
      assertThat(sum / masks / effect).isCloseTo(1, within(0.05));
    }
  }

  private static double loss(
      GoldenModel model, float[] adapter, List<GoldenCase.Sequence> batch, Dropout dropout) {
    return model.train(adapter, List.of(batch), dropout, Backward.PLAIN).lossSum();
  }

  private static float[] moved(float[] from, float[] direction, double step) {
    float[] moved = from.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += (float) (step * direction[i]);
    }
    return moved;
  }

  private static double norm(float[] vector) {
    double sum = 0;
    for (float value : vector) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  private static Pass train(
      GoldenModel model, GoldenCase golden, Dropout dropout, Backward backward) {
    return model.train(model.initial(), List.of(golden.sequences()), dropout, backward);
  }
}
