package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.goldens.GoldenCase.Sequence;
import ai.signal.model.DType;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several targets in one row, with a frozen and with a trained output head. */
class HeadTest {
  private static final long[] ROWS = {4, 0, 9};
  private static final long[] FIRST = {11, 5, 40};
  private static final long[] SECOND = {3, 60, 41};
  private static final float[] FIRST_C = {1, -0.5f, 0.25f};
  private static final float[] SECOND_C = {-2, 0, 0.75f};

  @ParameterizedTest
  @ValueSource(strings = {"gqa", "lm_head"})
  void gradientOfTwoTargetsIsTheSumOfBoth(String name) {
    GoldenCase golden = GoldenCase.named(name);
    List<Sequence> batch = golden.sequences().subList(0, 1);
    try (GoldenModel model = GoldenModel.load(golden, DType.FLOAT32)) {
      float[] first = model.gradient(batch, ROWS, FIRST, FIRST_C);
      float[] second = model.gradient(batch, ROWS, SECOND, SECOND_C);
      float[] sum = new float[first.length];
      for (int i = 0; i < sum.length; i++) {
        sum[i] = first[i] + second[i];
      }
      long[] both = {11, 3, 5, 60, 40, 41};
      float[] coefficients = {1, -2, -0.5f, 0, 0.25f, 0.75f};
      assertThat(Difference.relative(model.gradient(batch, ROWS, both, coefficients), sum))
          .isLessThan(1e-6);
    }
  }
}
