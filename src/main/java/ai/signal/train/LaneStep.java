package ai.signal.train;

import ai.signal.cluster.AdapterRef;
import ai.signal.cluster.LaneOutbox;
import ai.signal.cluster.LaneRefusal;
import ai.signal.cluster.Replica;
import ai.signal.cluster.ReplicaMetrics;
import ai.signal.cluster.ReplicaSpec;
import ai.signal.data.Example;
import ai.signal.model.Dropout;
import ai.signal.model.Head;
import ai.signal.model.NativeAdapter;
import ai.signal.model.NativeGradient;
import ai.signal.model.Scope;
import ai.signal.model.Seeds;
import ai.signal.model.Trunk;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one lane does in a forward_backward: its micro-batches through forward, loss and backward,
 * on an executor.
 *
 * @param replica the base model
 * @param adapter the version to differentiate
 * @param reference the version that the loss compares with; null: the base model alone
 * @param loss between forward and backward
 * @param dropout rate
 * @param seed of the call: of the run, the step and the call within the step
 * @param threads intra-op threads
 * @param tokensPerMicrobatch the budget that cuts micro-batches
 * @param activationCheckpointing keep layer inputs only, and compute layers again
 * @param gradient whether a backward pass is wanted at all
 */
record LaneStep(
    ReplicaSpec replica,
    AdapterRef adapter,
    AdapterRef reference,
    Loss loss,
    double dropout,
    long seed,
    int threads,
    int tokensPerMicrobatch,
    boolean activationCheckpointing,
    boolean gradient)
    implements Serializable {

  /** Sends the gradient, where one is wanted, to {@code gradients}. */
  LaneResult run(int lane, LaneInput source, LaneOutbox gradients) {
    long start = System.nanoTime();
    List<Example> examples = source.examples();
    examples.forEach(this::requireLossInputs);
    List<MicroBatch> batches = MicroBatch.cut(units(source, examples), loss, tokensPerMicrobatch);
    double prepareSeconds = (System.nanoTime() - start) / 1e9;
    return Replica.run(
        replica,
        threads,
        adapter,
        (model, scope, values, lease) -> {
          examples.forEach(example -> Fit.check(example, loss, model.decoder().config()));
          Totals totals = new Totals(source.wantsLogprobs());
          NativeGradient sum = gradient ? model.decoder().gradient(scope, adapter.size()) : null;
          long begin = System.nanoTime();
          for (int i = 0; i < batches.size(); i++) {
            lease.check();
            Dropout masks =
                dropout > 0 && gradient
                    ? new Dropout(dropout, Seeds.mix(seed, lane, i))
                    : Dropout.NONE;
            try (Scope inner = scope.inner()) {
              step(model, inner, values, batches.get(i), masks, sum, totals);
            } catch (RuntimeException e) {
              throw BatchFailure.of(batches.get(i), e);
            }
          }
          double computeSeconds = (System.nanoTime() - begin) / 1e9;
          if (gradient) {
            gradients.put(sum.values());
          }
          ReplicaMetrics.tokensComputed(totals.tokens);
          return totals.result(prepareSeconds, computeSeconds);
        });
  }

  private void step(
      Replica model,
      Scope scope,
      NativeAdapter values,
      MicroBatch batch,
      Dropout masks,
      NativeGradient sum,
      Totals totals) {
    totals.tokens += batch.packing().tokens().length;
    if (batch.rows().length == 0) {
      totals.add(new Loss.Output(0, 0, new float[0]), batch, new float[0]);
      return;
    }
    float[] base = loss.needsBase() ? reference(model, scope, batch) : new float[0];
    Trunk trunk =
        gradient
            ? model.decoder().trunk(scope, values, batch.packing(), masks, activationCheckpointing)
            : hidden(model, scope, values, batch);
    Head head =
        loss.needsScores()
            ? model.decoder().scores(scope, trunk, batch.rows())
            : model.decoder().head(scope, trunk, batch.rows(), batch.targets(), gradient);
    float[] logprobs = head.logprobs();
    Loss.Output output = apply(logprobs, base, batch);
    if (gradient) {
      model.decoder().backward(scope, trunk, head, output.coefficients(), sum);
    }
    totals.add(output, batch, logprobs);
  }

  private float[] reference(Replica model, Scope scope, MicroBatch batch) {
    return reference == null
        ? logprobs(model, scope, model.noAdapter(), batch)
        : model.with(reference, values -> logprobs(model, scope, values, batch));
  }

  /** Log-probabilities by another adapter, [n, K]; nothing of it stays in memory. */
  private static float[] logprobs(
      Replica model, Scope scope, NativeAdapter values, MicroBatch batch) {
    try (Scope inner = scope.inner()) {
      Trunk trunk = hidden(model, inner, values, batch);
      return model.decoder().head(inner, trunk, batch.rows(), batch.targets(), false).logprobs();
    }
  }

  private static Trunk hidden(Replica model, Scope scope, NativeAdapter values, MicroBatch batch) {
    int layers = model.decoder().config().layers();
    return model.decoder().hidden(scope, values, batch.packing(), layers);
  }

  /** What is not separated between micro-batches. */
  private List<Example> units(LaneInput source, List<Example> examples) {
    return source.wantsLogprobs() || !loss.ofPositions()
        ? examples
        : examples.stream().flatMap(example -> example.apart().stream()).toList();
  }

  private void requireLossInputs(Example example) {
    String problem = Fit.problem(example, loss);
    if (problem != null) {
      throw new LaneRefusal(problem);
    }
  }

  /** A loss that does not take its arguments will not take them elsewhere. */
  private Loss.Output apply(float[] logprobs, float[] base, MicroBatch batch) {
    Loss.Output output;
    try {
      output =
          loss.apply(
              new LossInput(logprobs, batch.weights(), batch.inputs(), base, batch.starts()));
    } catch (IllegalArgumentException e) {
      throw new LaneRefusal(
          "loss %s refused %s: %s".formatted(loss.name(), batch.names(), e.getMessage()));
    }
    if (output.coefficients().length != logprobs.length) {
      throw new LaneRefusal(
          "loss %s gave %d coefficients for %d log-probabilities of %s"
              .formatted(
                  loss.name(), output.coefficients().length, logprobs.length, batch.names()));
    }
    return output;
  }

  /** Sums over micro-batches, in their order. */
  private static final class Totals {
    final Map<String, Mean> metrics = new TreeMap<>();
    final List<float[]> logprobs = new ArrayList<>();
    final boolean wantsLogprobs;
    double loss;
    double denominator;
    long tokens;
    long lossTokens;

    Totals(boolean wantsLogprobs) {
      this.wantsLogprobs = wantsLogprobs;
    }

    void add(Loss.Output output, MicroBatch batch, float[] found) {
      loss += output.loss();
      denominator += output.denominator();
      lossTokens += batch.rows().length;
      output.metrics().forEach((name, mean) -> metrics.merge(name, mean, Mean::plus));
      if (wantsLogprobs) {
        logprobs.addAll(batch.byExample(found));
      }
    }

    LaneResult result(double prepareSeconds, double computeSeconds) {
      return new LaneResult(
          loss, denominator, tokens, lossTokens, metrics, logprobs, prepareSeconds, computeSeconds);
    }
  }
}
