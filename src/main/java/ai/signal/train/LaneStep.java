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
import java.util.List;

/**
 * What one lane does in a forward_backward: its micro-batches through forward, loss and backward,
 * on an executor.
 *
 * @param replica the base model
 * @param adapter the version to differentiate
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
    List<MicroBatch> batches = MicroBatch.cut(examples, tokensPerMicrobatch);
    double prepareSeconds = (System.nanoTime() - start) / 1e9;
    return Replica.run(
        replica,
        threads,
        adapter,
        (model, scope, values, lease) -> {
          examples.forEach(example -> Fit.check(example, model.decoder().config()));
          Totals totals = new Totals();
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
      return;
    }
    boolean checkpointed = activationCheckpointing || !gradient;
    Trunk trunk = model.decoder().trunk(scope, values, batch.packing(), masks, checkpointed);
    Head head = model.decoder().head(scope, trunk, batch.rows(), batch.targets(), gradient);
    Loss.Output output = apply(head.logprobs(), batch);
    if (gradient) {
      model.decoder().backward(scope, trunk, head, output.coefficients(), sum);
    }
    totals.loss += output.loss();
    totals.denominator += output.denominator();
    totals.lossTokens += batch.rows().length;
  }

  /** A loss that does not take its arguments will not take them elsewhere. */
  private Loss.Output apply(float[] logprobs, MicroBatch batch) {
    try {
      return loss.apply(logprobs, batch.weights());
    } catch (IllegalArgumentException e) {
      throw new LaneRefusal(
          "loss %s refused %s: %s".formatted(loss.name(), batch.names(), e.getMessage()));
    }
  }

  /** Sums over micro-batches, in their order. */
  private static final class Totals {
    double loss;
    double denominator;
    long tokens;
    long lossTokens;

    LaneResult result(double prepareSeconds, double computeSeconds) {
      return new LaneResult(loss, denominator, tokens, lossTokens, prepareSeconds, computeSeconds);
    }
  }
}
