package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * The expected values are printed by transformers 4.56.2 with torch 2.7.1: {@code
 * modeling_rope_utils.ROPE_INIT_FUNCTIONS}.
 */
class RopeScalingTest {
  @Test
  void plain() {
    assertThat(new RopeScaling.None().inverseFrequencies(10000, 16))
        .containsExactly(
            1.0f, 0.31622776f, 0.1f, 0.03162278f, 0.01f, 0.0031622779f, 0.001f, 0.0003162278f);
  }

  @Test
  void plainInTheUsualSizes() {
    assertThat(hash(new RopeScaling.None(), 10000, 64)).isEqualTo(-2133104353);
    assertThat(hash(new RopeScaling.None(), 10000, 128)).isEqualTo(674618249);
    assertThat(hash(new RopeScaling.None(), 500000, 64)).isEqualTo(-1494486894);
    assertThat(hash(new RopeScaling.None(), 500000, 128)).isEqualTo(511877554);
  }

  @Test
  void linear() {
    assertThat(new RopeScaling.Linear(2.5).inverseFrequencies(10000, 16))
        .containsExactly(
            0.4f,
            0.1264911f,
            0.04f,
            0.012649111f,
            0.0039999997f,
            0.0012649111f,
            0.00040000002f,
            0.00012649111f);
  }

  @Test
  void llama32OneBillion() {
    assertThat(new RopeScaling.Llama3(32, 1, 4, 8192).inverseFrequencies(500000, 64))
        .containsExactly(
            1.0f,
            0.6636013f,
            0.44036663f,
            0.29222783f,
            0.19392276f,
            0.12868738f,
            0.0853971f,
            0.05666962f,
            0.03760603f,
            0.024955409f,
            0.01656044f,
            0.010989529f,
            0.007292665f,
            0.0048394212f,
            0.003211446f,
            0.001290548f,
            0.0004295567f,
            9.708286e-05f,
            1.9461639e-05f,
            1.29147675e-05f,
            8.570256e-06f,
            5.6872323e-06f,
            3.7740544e-06f,
            2.5044671e-06f,
            1.6619674e-06f,
            1.1028836e-06f,
            7.3187493e-07f,
            4.856731e-07f,
            3.222933e-07f,
            2.1387423e-07f,
            1.419272e-07f,
            9.4183065e-08f);
  }

  @Test
  void llama31EightBillion() {
    assertThat(hash(new RopeScaling.Llama3(8, 1, 4, 8192), 500000, 128)).isEqualTo(-1532322822);
  }

  @Test
  void llama3WithUnevenNumbers() {
    assertThat(new RopeScaling.Llama3(3.3, 1.7, 5.1, 300).inverseFrequencies(12345.678, 24))
        .containsExactly(
            1.0f,
            0.45607933f,
            0.20800836f,
            0.083776236f,
            0.016356425f,
            0.0059798216f,
            0.002727273f,
            0.0012438531f,
            0.00056729553f,
            0.00025873183f,
            0.000118002274f,
            5.381838e-05f);
  }

  /** Numbers for which a different order of the float32 steps gives other bits. */
  @Test
  void llama3InTheOrderOfTransformers() {
    assertThat(new RopeScaling.Llama3(3.3, 1.1, 19.1, 174).inverseFrequencies(10000, 24))
        .containsExactly(
            1.0f,
            0.35190153f,
            0.105880715f,
            0.036766633f,
            0.014398618f,
            0.0065285903f,
            0.003030303f,
            0.0014065424f,
            0.0006528589f,
            0.00030303033f,
            0.00014065423f,
            6.528589e-05f);
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> new RopeScaling.Linear(0.5))
        .hasMessage("factor is 0.5; it must be at least 1");
    assertThatThrownBy(() -> new RopeScaling.Linear(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new RopeScaling.Llama3(8, 4, 4, 8192))
        .hasMessageContaining("high_freq_factor is 4.0");
    assertThatThrownBy(() -> new RopeScaling.Llama3(8, 1, 4, 0))
        .hasMessageContaining("original_max_position_embeddings");
  }

  /** Of all bits, as Arrays.hashCode defines it. */
  private static int hash(RopeScaling scaling, double theta, int headDim) {
    return Arrays.hashCode(scaling.inverseFrequencies(theta, headDim));
  }
}
