package ai.signal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Closed forms of the losses where they are simple. */
class LossTest {
  private static LossInput tokens(double logp, double q, double advantage) {
    return new LossInput(
        new float[] {(float) logp},
        new float[] {1},
        Map.of("logprobs", new float[] {(float) q}, "advantages", new float[] {(float) advantage}),
        new float[] {(float) q},
        new int[] {0, 1});
  }

  /** r = 2: the policy has doubled the token's probability. */
  private static LossInput doubled(double advantage) {
    return tokens(Math.log(0.5), Math.log(0.25), advantage);
  }

  @Test
  void importanceSamplingWeighsByTheRatio() {
    Loss.Output output = new ImportanceSampling().apply(doubled(3));
    assertThat(output.loss()).isCloseTo(-6, within(1e-6));
    assertThat(output.coefficients()[0]).isCloseTo(-6, within(1e-6f));
    assertThat(output.metrics().get("ratio").value()).isCloseTo(2, within(1e-6));
    assertThat(output.metrics().get("kl").value()).isCloseTo(-Math.log(2), within(1e-6));
  }

  @Test
  void ppoStopsWhereTheRatioHasGoneFarEnough() {
    Loss.Output good = new Ppo().apply(doubled(1));
    assertThat(good.loss()).isCloseTo(-1.2, within(1e-6));
    assertThat(good.coefficients()[0]).isZero();
    assertThat(good.metrics().get("clipped").value()).isEqualTo(1);
    Loss.Output bad = new Ppo().apply(doubled(-1));
    assertThat(bad.coefficients()[0]).as("it has to come back").isCloseTo(2, within(1e-6f));
  }

  @Test
  void cispoTeachesClippedTokensToo() {
    assertThat(new Cispo(0, 1.5).apply(doubled(1)).coefficients()[0])
        .isCloseTo(-1.5f, within(1e-6f));
  }

  @Test
  void dpoOfAnUntrainedAdapterIsLogTwo() {
    float[] same = {-1, -2, -3};
    LossInput pair =
        new LossInput(same, new float[] {1, 1, 1}, Map.of(), same.clone(), new int[] {0, 2, 3});
    Loss.Output output = new Dpo().apply(pair);
    assertThat(output.loss()).isCloseTo(Math.log(2), within(1e-12));
    assertThat(output.denominator()).isEqualTo(1);
    assertThat(output.coefficients()).containsExactly(-0.05f, -0.05f, 0.05f);
    assertThat(output.metrics().get("accuracy").value()).isZero();
  }

  @Test
  void rewardOfEqualScoresIsLogTwo() {
    LossInput pairs = scores(3, 3, 5, 1);
    Loss.Output output = new BradleyTerry().apply(pairs);
    assertThat(output.loss()).isCloseTo(Math.log(2) + Math.log1p(Math.exp(-4)), within(1e-12));
    assertThat(output.denominator()).isEqualTo(2);
    float second = (float) (1 / (1 + Math.exp(4)));
    assertThat(output.coefficients()).containsExactly(-0.5f, 0.5f, -second, second);
    assertThat(output.metrics().get("accuracy").value()).isEqualTo(0.5);
    assertThat(output.metrics().get("margin").value()).isEqualTo(2);
    assertThat(output.metrics().get("chosen_reward").value()).isEqualTo(4);
    assertThat(output.metrics().get("rejected_reward").value()).isEqualTo(2);
    assertThat(new BradleyTerry(2).apply(scores(3, 1)).loss()).isCloseTo(Math.log(2), within(1e-7));
    assertThat(new BradleyTerry().apply(scores(-2000, 2000)).loss()).isEqualTo(4000);
    assertThatThrownBy(() -> new BradleyTerry(-1)).hasMessageContaining("margin is -1.0");
    assertThatThrownBy(() -> new KlPenalty(new BradleyTerry(), 1, KlPenalty.Estimator.K1))
        .hasMessageContaining("reward reads scores");
  }

  private static LossInput scores(float... scores) {
    int[] starts = IntStream.rangeClosed(0, scores.length).toArray();
    return new LossInput(scores, new float[scores.length], Map.of(), new float[0], starts);
  }

  @Test
  void aDivergenceFromItselfIsNothing() {
    for (KlPenalty.Estimator estimator : KlPenalty.Estimator.values()) {
      Loss.Output output = new KlPenalty(new CrossEntropy(), 1, estimator).apply(tokens(-1, -1, 0));
      assertThat(output.metrics().get("kl_base").value()).isZero();
      assertThat(output.loss()).isEqualTo(1);
    }
  }

  @Test
  void boundsAreAbsoluteRatios() {
    assertThatThrownBy(() -> new Ppo(0.2, 0.2)).hasMessageContaining("absolute ratios");
    assertThatThrownBy(() -> new Cispo(2, 3)).hasMessageContaining("absolute ratios");
    assertThatThrownBy(() -> new Dro(0)).hasMessageContaining("beta");
    assertThatThrownBy(() -> new Dpo(0.1, 0.5, 0)).hasMessageContaining("label_smoothing");
    assertThatThrownBy(() -> new KlPenalty(new CrossEntropy(), -1, KlPenalty.Estimator.K1))
        .hasMessageContaining("coefficient");
  }

  @Test
  void severalTargetsAreForCrossEntropyAlone() {
    LossInput soft =
        new LossInput(
            new float[] {-1, -2},
            new float[] {0.25f, 0.75f},
            Map.of("logprobs", new float[1], "advantages", new float[1]),
            new float[2],
            new int[] {0, 1});
    assertThat(new CrossEntropy().apply(soft).loss()).isEqualTo(1.75);
    assertThatThrownBy(() -> new Ppo().apply(soft)).hasMessageContaining("one target per position");
  }

  @Test
  void groupAdvantages() {
    assertThat(Advantages.ofGroup(new double[] {1, 0, 0, 1}, false))
        .containsExactly(0.5, -0.5, -0.5, 0.5);
    assertThat(Advantages.ofGroup(new double[] {1, 0, 0, 1}, true)[0]).isCloseTo(1, within(1e-5));
    assertThat(Advantages.ofGroup(new double[] {3, 3, 3}, true)).containsOnly(0);
    assertThatThrownBy(() -> Advantages.ofGroup(new double[] {Double.NaN}, true))
        .hasMessageContaining("NaN");
  }

  @Test
  void generalizedAdvantages() {
    double[] rewards = {1, 2, 4};
    double[] values = {0.5, 1, 2, 0};
    // lambda 0: one-step differences; lambda 1: discounted returns less the values
    assertThat(Advantages.generalized(rewards, values, 0.5, 0)).containsExactly(1, 2, 2);
    assertThat(Advantages.generalized(rewards, values, 0.5, 1))
        .containsExactly(1 + 0.5 * (2 + 0.5 * 4) - 0.5, 2 + 0.5 * 4 - 1, 4 - 2);
    assertThatThrownBy(() -> Advantages.generalized(rewards, rewards, 1, 1))
        .hasMessageContaining("3 rewards need 4 values");
  }
}
