package ai.signal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.model.DType;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole of {@link SameBitsOnClustersTest}: docs/testing.md. */
@Tag("full")
class EveryClusterSameBitsTest {
  private static final int STEPS = 20;
  private static final int KILLS = 10;
  private static final Map<DType, Training.Result> ALONE = new EnumMap<>(DType.class);

  private static Training.Spec spec(DType dtype) {
    return new Training.Spec(7, dtype, STEPS);
  }

  private static Outcome train(String master, DType dtype, boolean shuffle, int kills)
      throws IOException {
    return new Scenario(master, List.of(spec(dtype)), false, shuffle, kills).run();
  }

  private static Training.Result alone(DType dtype) throws IOException {
    Training.Result known = ALONE.get(dtype);
    if (known == null) {
      known = train("local[1]", dtype, false, 0).results().get(0);
      ALONE.put(dtype, known);
    }
    return known;
  }

  @ParameterizedTest
  @CsvSource({
    "1, FLOAT32, false",
    "1, FLOAT32, true",
    "1, BFLOAT16, false",
    "1, BFLOAT16, true",
    "2, FLOAT32, false",
    "2, FLOAT32, true",
    "2, BFLOAT16, false",
    "2, BFLOAT16, true",
    "3, FLOAT32, false",
    "3, FLOAT32, true",
    "3, BFLOAT16, false",
    "3, BFLOAT16, true"
  })
  void executorsMayDie(int executors, DType dtype, boolean shuffle) throws IOException {
    Outcome outcome = train("local-cluster[" + executors + ",1,1024]", dtype, shuffle, KILLS);

    assertThat(outcome.results()).containsExactly(alone(dtype));
    assertThat(outcome.kills()).isGreaterThanOrEqualTo(KILLS);
    // Of every killed executor one; Spark may hand it another before it knows that it is dead.
    assertThat(outcome.lost()).isGreaterThanOrEqualTo(outcome.kills());
    if (shuffle) {
      assertThat(outcome.recomputed()).isGreaterThanOrEqualTo(outcome.lost());
    } else {
      assertThat(outcome.recomputed()).isEqualTo(outcome.lost() + outcome.resultsLost());
    }
    assertThat(outcome.shuffles()).isEqualTo(shuffle ? 2 * STEPS : 0);
  }
}
