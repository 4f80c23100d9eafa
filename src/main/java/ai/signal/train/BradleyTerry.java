package ai.signal.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a reward model learns from preferences (Bradley and Terry, 1952). An example is a pair of
 * sequences, the chosen one first; of each the score head makes a reward r, from the hidden state
 * of the last token:
 *
 * <pre>
 * loss = -log sigmoid(r of the chosen - r of the rejected - margin)
 * </pre>
 *
 * <p>The denominator is the number of pairs. Metrics: {@code accuracy}, the share of pairs whose
 * chosen sequence has the higher reward; {@code margin}, the mean difference; {@code chosen_reward}
 * and {@code rejected_reward}.
 *
 * @param margin by which the chosen reward is to be higher, at least 0
 */
public record BradleyTerry(double margin) implements Loss {
  public BradleyTerry {
    if (!(margin >= 0 && margin < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "Cannot use reward: margin is %s, it must be 0 or more".formatted(margin));
    }
  }

  public BradleyTerry() {
    this(0);
  }

  @Override
  public String name() {
    return "reward";
  }

  @Override
  public boolean needsScores() {
    return true;
  }

  @Override
  public int sequences() {
    return 2;
  }

  @Override
  public Output apply(LossInput input) {
    int pairs = input.sequences() / 2;
    float[] coefficients = new float[2 * pairs];
    double loss = 0;
    double right = 0;
    double chosen = 0;
    double rejected = 0;
    for (int pair = 0; pair < pairs; pair++) {
      double good = input.logprobs()[2 * pair];
      double bad = input.logprobs()[2 * pair + 1];
      double ahead = good - bad - margin;
      loss -= Logistic.logSigmoid(ahead);
      coefficients[2 * pair] = (float) -Logistic.sigmoid(-ahead);
      coefficients[2 * pair + 1] = -coefficients[2 * pair];
      right += good > bad ? 1 : 0;
      chosen += good;
      rejected += bad;
    }
    Map<String, Mean> metrics = new LinkedHashMap<>();
    metrics.put("accuracy", new Mean(right, pairs));
    metrics.put("margin", new Mean(chosen - rejected, pairs));
    metrics.put("chosen_reward", new Mean(chosen, pairs));
    metrics.put("rejected_reward", new Mean(rejected, pairs));
    return new Output(loss, pairs, coefficients, metrics);
  }
}
