package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExampleTest {
  @Test
  void equalsByContent() {
    Example example = example(1f);
    assertThat(example).isEqualTo(example(1f)).hasSameHashCodeAs(example(1f));
    assertThat(example).isNotEqualTo(example(0f));
    assertThat(example.length()).isEqualTo(2);
    assertThat(example).hasToString("Example[x@0, 2 tokens]");
  }

  @ParameterizedTest
  @ValueSource(floats = {-1f, Float.NaN, Float.POSITIVE_INFINITY})
  void refusesWeightsThatAreNoWeights(float weight) {
    assertThatThrownBy(() -> example(weight))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Cannot use example x@0: weight " + weight + " at position 1");
  }

  @Test
  void refusesArraysThatDoNotFit() {
    assertThatThrownBy(() -> new Example("x", new int[2], new int[1], new float[2]))
        .hasMessageContaining("2 tokens, 1 target tokens and 2 weights");
    assertThatThrownBy(() -> new Example("x", new int[2], new int[2], new float[3]))
        .hasMessageContaining("2 tokens, 2 target tokens and 3 weights");
    assertThatThrownBy(() -> new Example("x", new int[0], new int[0], new float[0]))
        .hasMessageContaining("it has no tokens");
  }

  @Test
  void refusesNegativeTokens() {
    assertThatThrownBy(() -> new Example("x", new int[] {-1}, new int[1], new float[1]))
        .hasMessageContaining("token -1 predicts 0 at position 0");
    assertThatThrownBy(() -> new Example("x", new int[1], new int[] {-2}, new float[1]))
        .hasMessageContaining("token 0 predicts -2 at position 0");
  }

  private static Example example(float lastWeight) {
    return new Example("x@0", new int[] {1, 2}, new int[] {2, 3}, new float[] {0, lastWeight});
  }
}
