package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.goldens.GoldenCase.Sequence;
import ai.signal.goldens.GoldenModel.Backward;
import ai.signal.goldens.GoldenModel.Pass;
import ai.signal.model.DType;
import ai.signal.model.Dropout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Packing changes neither what is computed nor what a sequence sees. */
class PackingTest {

  /** One of the cases has 256 sequences of 16 tokens. */
  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void packedEqualsUnpacked(GoldenCase golden) {
    try (GoldenModel model = GoldenModel.load(golden, DType.FLOAT32)) {
      Pass packed = model.train(golden.sequences());
      Pass unpacked =
          model.train(
              model.initial(),
              golden.sequences().stream().map(List::of).toList(),
              Dropout.NONE,
              Backward.PLAIN);
      assertSame(packed, unpacked);
    }
  }

  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void accumulatedBatchesEqualTheirUnion(GoldenCase golden) {
    List<Sequence> all = golden.sequences();
    try (GoldenModel model = GoldenModel.load(golden, DType.FLOAT32)) {
      Pass union = model.train(all);
      int cut = all.size() / 3;
      List<List<Sequence>> batches = List.of(all.subList(0, cut), all.subList(cut, all.size()));
      assertSame(model.train(model.initial(), batches, Dropout.NONE, Backward.PLAIN), union);
    }
  }

  private static void assertSame(Pass actual, Pass expected) {
    assertThat(actual.lossSum()).isCloseTo(expected.lossSum(), Percentage.withPercentage(1e-4));
    assertThat(Difference.relative(actual.gradient(), expected.gradient())).isLessThan(1e-6);
  }

  /** Not one bit of a sequence's log-probabilities may move when all others change. */
  @ParameterizedTest
  @EnumSource(DType.class)
  void sequencesDoNotSeeEachOther(DType dtype) {
    List<Sequence> batch = GoldenCase.named("gqa").sequences();
    try (GoldenModel model = GoldenModel.load(GoldenCase.named("gqa"), dtype)) {
      float[] before = model.logprobs(batch);
      int start = 0;
      for (int kept = 0; kept < batch.size(); kept++) {
        List<Sequence> others = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
          others.add(i == kept ? batch.get(i) : reversed(batch.get(i)));
        }
        int end = start + batch.get(kept).tokens().length;
        assertThat(Arrays.copyOfRange(model.logprobs(others), start, end))
            .containsExactly(Arrays.copyOfRange(before, start, end));
        start = end;
      }
    }
  }

  private static Sequence reversed(Sequence sequence) {
    int n = sequence.tokens().length;
    int[] tokens = new int[n];
    for (int i = 0; i < n; i++) {
      tokens[i] = (sequence.tokens()[n - 1 - i] + 5) % 64;
    }
    return new Sequence(tokens, sequence.targets(), sequence.weights());
  }
}
