package ai.signal.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Direct preference optimization (Rafailov et al., 2023) with label smoothing (Mitchell, 2023). An
 * example is a pair of sequences, the chosen one first. With h = beta ((logp - ref) of the chosen
 * answer - (logp - ref) of the rejected one), each a sum over weighted tokens:
 *
 * <pre>
 * loss = -(1 - s) log sigmoid(h) - s log sigmoid(-h) + nll (mean of -logp of the chosen answer)
 * </pre>
 *
 * <p>The denominator is the number of pairs. Metrics: {@code accuracy}, the share of pairs with h
 * above 0; {@code margin}, the mean of h; {@code chosen_reward} and {@code rejected_reward}, the
 * means of its two terms.
 *
 * @param beta strength of the reference, positive
 * @param labelSmoothing s, the share of pairs that are labelled the wrong way round, in [0, 0.5)
 * @param nll weight of the chosen answers' likelihood, at least 0: above 0 it keeps their
 *     probability from falling (RPO, Pang et al., 2024)
 * @param reference what the training began with, as a rule
 */
public record Dpo(double beta, double labelSmoothing, double nll, Reference reference)
    implements Loss {
  public Dpo {
    require(beta > 0 && beta < Double.POSITIVE_INFINITY, "beta", beta, "positive");
    require(
        labelSmoothing >= 0 && labelSmoothing < 0.5,
        "label_smoothing",
        labelSmoothing,
        "in [0, 0.5)");
    require(nll >= 0 && nll < Double.POSITIVE_INFINITY, "nll", nll, "0 or more");
  }

  private static void require(boolean holds, String key, double value, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException(
          "Cannot use dpo: %s is %s, it must be %s".formatted(key, value, allowed));
    }
  }

  public Dpo(double beta, double labelSmoothing, double nll) {
    this(beta, labelSmoothing, nll, Reference.START);
  }

  public Dpo() {
    this(0.1, 0, 0);
  }

  @Override
  public String name() {
    return "dpo";
  }

  @Override
  public boolean needsBase() {
    return true;
  }

  @Override
  public int sequences() {
    return 2;
  }

  @Override
  public Output apply(LossInput input) {
    input.requireOneTarget();
    float[] coefficients = new float[input.positions()];
    int pairs = input.sequences() / 2;
    double loss = 0;
    double right = 0;
    double chosen = 0;
    double rejected = 0;
    for (int pair = 0; pair < pairs; pair++) {
      double good = beta * ratio(input, 2 * pair);
      double bad = beta * ratio(input, 2 * pair + 1);
      double margin = good - bad;
      loss -=
          (1 - labelSmoothing) * Logistic.logSigmoid(margin)
              + labelSmoothing * Logistic.logSigmoid(-margin);
      // d/dh of -(1 - s) log sigmoid(h) - s log sigmoid(-h)
      double slope =
          labelSmoothing * Logistic.sigmoid(margin)
              - (1 - labelSmoothing) * Logistic.sigmoid(-margin);
      fill(input, 2 * pair, slope * beta, coefficients);
      fill(input, 2 * pair + 1, -slope * beta, coefficients);
      loss += nll(input, 2 * pair, coefficients);
      right += margin > 0 ? 1 : 0;
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

  private static double ratio(LossInput input, int sequence) {
    double sum = 0;
    for (int i = input.starts()[sequence]; i < input.starts()[sequence + 1]; i++) {
      sum += input.weights()[i] * ((double) input.logprobs()[i] - input.base()[i]);
    }
    return sum;
  }

  private static void fill(LossInput input, int sequence, double slope, float[] coefficients) {
    for (int i = input.starts()[sequence]; i < input.starts()[sequence + 1]; i++) {
      coefficients[i] = (float) (slope * input.weights()[i]);
    }
  }

  private double nll(LossInput input, int sequence, float[] coefficients) {
    if (nll == 0) {
      return 0;
    }
    double weights = 0;
    double sum = 0;
    int from = input.starts()[sequence];
    int to = input.starts()[sequence + 1];
    for (int i = from; i < to; i++) {
      weights += input.weights()[i];
      sum -= (double) input.weights()[i] * input.logprobs()[i];
    }
    for (int i = from; i < to; i++) {
      coefficients[i] -= (float) (nll * input.weights()[i] / weights);
    }
    return weights == 0 ? 0 : nll * sum / weights;
  }
}
