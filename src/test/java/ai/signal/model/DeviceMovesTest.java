package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Everything that a device needs is moved to it. Torch has a device without memory, which computes
 * shapes alone: as a GPU does, it refuses operations on tensors of two devices, and numbers cannot
 * be read from it. A model that lies there, or whose last layers do, runs through every call.
 */
class DeviceMovesTest {
  private static final Device NOWHERE = Device.of("meta", -1);
  private static final Device[] WHOLE = {NOWHERE};
  private static final Device[] HALF = {Device.cpu(), NOWHERE};
  private static final String NUMBERS_WANTED = "Cannot copy out of meta tensor";

  /** The operations that the device does not know: others that take the same tensors together. */
  private static final Map<String, String> STAND_INS =
      Map.of(
          "torch.scaled_dot_product_attention(q, k, v, None, 0., True, scale=None, enable_gqa=False)",
          "torch.matmul(torch.matmul(q, torch.transpose(k, -1, -2)), v)",
          "torch.scaled_dot_product_attention(torch.narrow(q, 0, run[0], run[1]), k, v, b, 0., False, scale=None, enable_gqa=False)",
          "torch.matmul(torch.add(torch.matmul(torch.narrow(q, 0, run[0], run[1]), torch.transpose(k, -1, -2)), b), v)",
          "torch.embedding(",
          "self.pick(",
          "torch.index_select(torch.detach(hidden), 0, ",
          "self.pick(torch.detach(hidden), ",
          "torch.index_copy(torch.zeros_like(hidden), 0, ",
          "self.put(torch.zeros_like(hidden), ",
          "torch.index_put_(cache[2 * i], at, ",
          "self.store(cache[2 * i], around, ",
          "torch.index_put_(cache[2 * i + 1], at, ",
          "self.store(cache[2 * i + 1], around, ");

  private static final String DEFINITIONS =
      """

        def pick(self: __torch__.Decoder, w: Tensor, rows: Tensor) -> Tensor:
          one = torch.mul(torch.to(rows, w.dtype), torch.select(torch.select(w, 0, 0), 0, 0))
          return torch.mul(torch.expand(torch.unsqueeze(one, -1), torch.add(torch.size(rows), [torch.size(w, 1)])), 1.)

        def put(self: __torch__.Decoder, x: Tensor, rows: Tensor, y: Tensor) -> Tensor:
          z = torch.add(torch.add(torch.narrow(x, 0, 0, torch.size(y, 0)), y), torch.unsqueeze(rows, 1))
          return x

        def store(self: __torch__.Decoder, cache: Tensor, around: List[Tensor], x: Tensor) -> Tensor:
          at = torch.view(torch.add(around[2], around[3]), [-1, 1, 1])
          z = torch.add(torch.add(torch.select(cache, 2, 0), x), at)
          return cache
      """;

  private final ModelDirectory model = ModelDirectory.open(ModelSource.resolve("builtin:tiny"));

  private static String source() {
    String source = Program.source("decoder.py");
    for (Map.Entry<String, String> standIn : STAND_INS.entrySet()) {
      assertThat(source).contains(standIn.getKey());
      source = source.replace(standIn.getKey(), standIn.getValue());
    }
    return source + DEFINITIONS;
  }

  private NativeAdapter adapter(Decoder decoder, boolean trainedHead) {
    int[] ranks = new int[7 * model.config().layers() + 1];
    Arrays.fill(ranks, 2);
    ranks[ranks.length - 1] = trainedHead ? 2 : 0;
    return adapter(decoder, AdapterShape.lora(ranks, 2));
  }

  private NativeAdapter adapter(Decoder decoder, AdapterShape shape) {
    return decoder.adapter(new float[(int) shape.size(model.config())], shape);
  }

  private void train(Device[] devices, boolean trainedHead, boolean checkpointed) {
    Packing packing = Packing.of(List.of(new int[] {1, 2, 3}, new int[] {4, 5}));
    try (Decoder decoder = Decoder.load(source(), model, DType.BFLOAT16, devices);
        NativeAdapter adapter = adapter(decoder, trainedHead);
        Scope scope = decoder.scope(1)) {
      Trunk trunk = decoder.trunk(scope, adapter, packing, new Dropout(0.1, 3), checkpointed);
      Head head = decoder.head(scope, trunk, new long[] {0, 3}, new long[] {7, 8}, true);
      NativeGradient gradient = decoder.gradient(scope, (int) adapter.values().size());
      decoder.backward(scope, trunk, head, new float[] {1, 1}, gradient);
    }
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void training(boolean trainedHead, boolean checkpointed) {
    train(WHOLE, trainedHead, checkpointed);
    // Forward and head pass; the gradient is then wanted where the first layers are.
    assertThatThrownBy(() -> train(HALF, trainedHead, checkpointed))
        .hasMessageContaining(NUMBERS_WANTED)
        .hasMessageContaining("in backward");
  }

  private static final List<Warp> WARPS =
      List.of(
          Warp.GREEDY,
          new Warp(0.7, 5, 0.9, 0.1, 1.2, 0.1, 0.1),
          new Warp(0.7, 0, 0.9, 0, 1, 0, 0));

  /** DoRA, and the embedding, the head and a score head trained whole. */
  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void trainingOfAllThatThereIs(boolean scores, boolean checkpointed) {
    int[] ranks = new int[7 * model.config().layers() + 1];
    Arrays.fill(ranks, 0, ranks.length - 1, 2);
    AdapterShape shape = new AdapterShape(ranks, 2, true, true, true, true);
    Packing packing = Packing.of(List.of(new int[] {1, 2, 3}, new int[] {4, 5}));
    try (Decoder decoder = Decoder.load(source(), model, DType.BFLOAT16, WHOLE);
        NativeAdapter adapter = adapter(decoder, shape);
        Scope scope = decoder.scope(1)) {
      Trunk trunk = decoder.trunk(scope, adapter, packing, new Dropout(0.1, 3), checkpointed);
      Head head =
          scores
              ? decoder.scores(scope, trunk, 0, 3)
              : decoder.head(scope, trunk, new long[] {0, 3}, new long[] {7, 8}, true);
      NativeGradient gradient = decoder.gradient(scope, (int) shape.size(model.config()));
      decoder.backward(scope, trunk, head, new float[] {1, 1}, gradient);
    }
  }

  @Test
  void generation() {
    for (Device[] devices : List.of(WHOLE, HALF)) {
      for (Warp warp : WARPS) {
        try (Decoder decoder = Decoder.load(source(), model, DType.BFLOAT16, devices);
            NativeAdapter adapter = adapter(decoder, true);
            Scope scope = decoder.scope(1)) {
          KvCache cache = decoder.cache(scope, 2, KvCache.capacityFor(8));
          int[] prompt = {1, 2};
          long[] tokens = {3, 4};
          long[] positions = {2, 1};
          // The calls are over; what is missing are the numbers of the tokens that they chose.
          Prefix prefix = decoder.prefill(scope, adapter, prompt);
          decoder.seat(scope, prefix, cache, 1);
          assertThatThrownBy(() -> decoder.first(scope, adapter, prefix, Draws.one(warp, 0.5)))
              .hasMessage("Unsupported deviceType: 14");
          Draws draws = new Draws(2);
          draws.draw(0, warp, 0.5);
          draws.draw(1, warp, 0.5);
          draws.seen(1, 2, 1);
          draws.ban(0, 3);
          assertThatThrownBy(() -> decoder.decode(scope, adapter, tokens, positions, cache, draws))
              .hasMessage("Unsupported deviceType: 14");
        }
      }
    }
  }
}
