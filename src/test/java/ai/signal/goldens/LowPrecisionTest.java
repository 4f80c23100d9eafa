package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.signal.goldens.GoldenModel.Backward;
import ai.signal.goldens.GoldenModel.Pass;
import ai.signal.model.DType;
import ai.signal.model.Dropout;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Below float32, what PEFT itself loses under autocast in bfloat16 is the measure: distances are
 * from the float32 values, ours may be at most a quarter larger than PEFT's.
 */
class LowPrecisionTest {
  private static final GoldenCase GOLDEN = GoldenCase.named("bfloat16");
  private static final double MULTIPLE = 1.25;

  /** Not all of the distance may be gone either: that would be float32. */
  private static final double SOME = 1e-5;

  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "FLOAT16"})
  void logProbabilities(DType dtype) {
    float[] exact = GOLDEN.logprobs();
    float[] autocast = GOLDEN.tensors("logprobs.safetensors").get("logprobs_autocast");
    try (GoldenModel model = GoldenModel.load(GOLDEN, dtype)) {
      assertThat(Difference.relative(model.logprobs(GOLDEN.sequences()), exact))
          .isBetween(SOME, MULTIPLE * Difference.relative(autocast, exact));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "FLOAT16"})
  void lossAndGradient(DType dtype) {
    try (GoldenModel model = GoldenModel.load(GOLDEN, dtype)) {
      float[] exact = model.flat(GOLDEN.tensors("gradients.safetensors"));
      float[] autocast = model.flat(GOLDEN.tensors("gradients_autocast.safetensors"));
      for (Backward backward : Backward.values()) {
        Pass pass =
            model.train(model.initial(), List.of(GOLDEN.sequences()), Dropout.NONE, backward);
        assertThat(pass.lossSum() / GOLDEN.denominator())
            .isCloseTo(GOLDEN.lossAutocast(), within(1e-3 * GOLDEN.loss()));
        assertThat(Difference.ofBlocks(model.layout(), pass.gradient(), exact))
            .isBetween(SOME, MULTIPLE * Difference.ofBlocks(model.layout(), autocast, exact));
      }
    }
  }
}
