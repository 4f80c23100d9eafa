package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers are spread so that no device holds much more than another. */
class PlacementTest {

  private static ModelConfig config(int layers, int vocabSize, boolean tied) {
    return new ModelConfig(
        8,
        16,
        layers,
        2,
        1,
        4,
        vocabSize,
        64,
        1e-5,
        1e4,
        new RopeScaling.None(),
        tied,
        false,
        false,
        List.of());
  }

  /** A layer has 592 weights, a matrix of 74 tokens as many. */
  @ParameterizedTest
  @CsvSource({
    "4, 74, false, 1, 4",
    "4, 74, false, 2, 2 2",
    "4, 74, true, 2, 2 2",
    "7, 74, false, 3, 2 3 2",
    "8, 74, false, 3, 3 3 2",
    "9, 222, false, 3, 2 5 2",
    "5, 2000, false, 3, 1 3 1",
    "4, 74, false, 4, 1 1 1 1",
  })
  void layersOfEachDevice(int layers, int vocabSize, boolean tied, int devices, String expected) {
    int[] spread = Placement.layers(config(layers, vocabSize, tied), devices);
    assertThat(Arrays.toString(spread).replaceAll("[\\[\\],]", "")).isEqualTo(expected);
  }

  @Test
  void placesFollowEachOther() {
    Device[] devices = {Device.gpu(2), Device.gpu(0)};
    assertThat(Placement.of(config(4, 74, false), devices).torchNames())
        .containsExactly("cuda:2", "cuda:2", "cuda:0", "cuda:0");
    assertThat(Placement.of(config(2, 74, false), Device.cpu()).torchNames())
        .containsExactly("cpu", "cpu");
  }

  @Test
  void everyDeviceHasALayer() {
    assertThatThrownBy(() -> Placement.layers(config(2, 74, false), 3))
        .hasMessage("Cannot spread 2 layers over 3 devices");
  }
}
