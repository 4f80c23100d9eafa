package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.goldens.GoldenCase.Generation;
import ai.signal.model.Choice;
import ai.signal.model.DType;
import ai.signal.model.Decoder;
import ai.signal.model.Draws;
import ai.signal.model.KvCache;
import ai.signal.model.NativeAdapter;
import ai.signal.model.Prefix;
import ai.signal.model.Scope;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Greedy decoding with a KV cache, several prompts at once. */
class GenerationGoldenTest {
  private static final int ROWS = 4;

  @ParameterizedTest
  @MethodSource("ai.signal.goldens.GoldenCase#all")
  void tokensAndLogProbabilities(GoldenCase golden) {
    try (GoldenModel model = GoldenModel.load(golden, DType.FLOAT32)) {
      List<Generation> together = generate(model, golden.generations());
      for (int i = 0; i < together.size(); i++) {
        Generation expected = golden.generations().get(i);
        assertThat(together.get(i).tokens()).containsExactly(expected.tokens());
        assertThat(Difference.largest(together.get(i).logprobs(), expected.logprobs()))
            .isLessThan(1e-4);
      }
    }
  }

  static List<Generation> generate(GoldenModel model, List<Generation> wanted) {
    int steps = wanted.get(0).tokens().length;
    List<Generation> out =
        wanted.stream()
            .map(w -> new Generation(w.prompt(), new int[steps], new float[steps]))
            .toList();
    int longest = wanted.stream().mapToInt(w -> w.prompt().length).max().orElseThrow() + steps;
    Decoder decoder = model.decoder();
    try (Scope scope = decoder.scope(1);
        NativeAdapter adapter = model.adapter(model.initial())) {
      KvCache cache = decoder.cache(scope, ROWS, KvCache.capacityFor(longest));
      long[] tokens = new long[ROWS];
      long[] positions = new long[ROWS];
      for (int row = 0; row < out.size(); row++) {
        int[] prompt = out.get(row).prompt();
        Prefix prefix = decoder.prefill(scope, adapter, prompt);
        Choice first = decoder.first(scope, adapter, prefix, new Draws(1));
        decoder.seat(scope, prefix, cache, row);
        put(out.get(row), 0, first, 0);
        tokens[row] = first.tokens()[0];
        positions[row] = prompt.length;
      }
      for (int step = 1; step < steps; step++) {
        Choice next = decoder.decode(scope, adapter, tokens, positions, cache, new Draws(ROWS));
        for (int row = 0; row < out.size(); row++) {
          put(out.get(row), step, next, row);
          tokens[row] = next.tokens()[row];
          positions[row]++;
        }
      }
    }
    return out;
  }

  private static void put(Generation to, int step, Choice choice, int row) {
    to.tokens()[step] = (int) choice.tokens()[row];
    to.logprobs()[step] = choice.logprobs()[row];
  }
}
