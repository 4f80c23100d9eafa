package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The masks that GPUs drop with are made of arithmetic that a CPU does as well. */
class GpuDropoutTest {
  /** TorchScript methods take plain numbers from each other only. */
  private static final String CALLABLE =
      """

        def mask_of(self: __torch__.Decoder, x: Tensor, keep: Tensor, seed: Tensor) -> Tensor:
          return self.mask(x, float(torch.item(keep)), int(torch.item(seed)))
      """;

  private static final int ROWS = 300;
  private static final int COLUMNS = 1000;

  private static Program program;
  private static NDManager manager;

  @BeforeAll
  static void load() {
    ModelDirectory model = ModelDirectory.open(ModelSource.resolve("builtin:tiny"));
    program =
        Decoder.program(
            Program.source("decoder.py") + CALLABLE,
            model,
            DType.FLOAT32,
            Placement.of(model.config(), Device.cpu()));
    manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
  }

  @AfterAll
  static void close() {
    manager.close();
    program.close();
  }

  private static float[] mask(double keep, long seed) {
    try (Scope scope = new Scope(manager, 1)) {
      NDArray x = scope.manager().zeros(new Shape(ROWS, COLUMNS), DataType.FLOAT32);
      NDList inputs = new NDList(x, scope.tensor(keep), scope.tensor(seed));
      NDArray mask = program.call(scope, "mask_of", false, inputs).singletonOrThrow();
      assertThat(mask.getShape()).isEqualTo(x.getShape());
      return mask.toFloatArray();
    }
  }

  /** How often `a` keeps where `b` keeps `shift` places further on. */
  private static double together(float[] a, float[] b, int shift) {
    double both = 0;
    for (int i = 0; i + shift < a.length; i++) {
      assertThat(a[i]).isIn(0f, 1f);
      both += a[i] * b[i + shift];
    }
    return both / (a.length - shift);
  }

  @ParameterizedTest
  @CsvSource({"0.5, 1", "0.9, 2", "0.7, 9223372036854775807", "0.7, 0", "0.0001, 77", "1.0, 5"})
  void keepsTheShareThatWasAskedFor(double keep, long seed) {
    float[] mask = mask(keep, seed);
    double deviation = Math.sqrt(keep * (1 - keep) / mask.length);
    assertThat(together(mask, mask, 0)).isCloseTo(keep, within(4 * deviation + 1e-9));
  }

  @Test
  void placesAndSeedsAreIndependent() {
    float[] mask = mask(0.5, 123);
    double deviation = Math.sqrt(0.25 * 0.75 / mask.length);
    for (int shift : new int[] {1, 2, 64, COLUMNS, 4096}) {
      assertThat(together(mask, mask, shift)).isCloseTo(0.25, within(5 * deviation));
    }
    // Seeds that differ in their lowest or in a high bit.
    for (long seed : new long[] {122, 123 + (1L << 33), 123 + (1L << 50)}) {
      for (int shift : new int[] {0, 1}) {
        assertThat(together(mask, mask(0.5, seed), shift)).isCloseTo(0.25, within(5 * deviation));
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameMask() {
    assertThat(mask(0.7, 42)).containsExactly(mask(0.7, 42));
  }
}
