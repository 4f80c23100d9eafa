package ai.signal.train;

import ai.signal.cluster.AdapterRef;
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

  LaneResult run(int lane, LaneInput source) {
    long start = System.nanoTime();
    List<Example> examples = source.examples();
    List<MicroBatch> batches = MicroBatch.cut(examples, tokensPerMicrobatch);
    long prepared = System.nanoTime();
    LaneResult result =
        Replica.run(
            replica,
            threads,
            adapter,
            (model, scope, values, lease) -> {
              examples.forEach(example -> Fit.check(example, model.decoder().config()));
              Totals totals = new Totals();
              NativeGradient sum =
                  gradient
                      ? model.decoder().gradient(scope, adapter.values().value().length)
                      : null;
              for (int i = 0; i < batches.size(); i++) {
                lease.check();
                Dropout masks =
                    dropout > 0 && gradient
                        ? new Dropout(dropout, Seeds.mix(seed, lane, i))
                        : Dropout.NONE;
                try (Scope inner = scope.inner()) {
                  step(model, inner, values, batches.get(i), masks, sum, totals);
                }
              }
              return totals.result(sum == null ? new float[0] : sum.toArray());
            });
    ReplicaMetrics.tokensComputed(result.tokens());
    return result.timed((prepared - start) / 1e9, (System.nanoTime() - prepared) / 1e9);
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
    Loss.Output output = loss.apply(head.logprobs(), batch.weights());
    if (gradient) {
      model.decoder().backward(scope, trunk, head, output.coefficients(), sum);
    }
    totals.loss += output.loss();
    totals.denominator += output.denominator();
    totals.lossTokens += batch.rows().length;
  }

  /** Sums over micro-batches, in their order. */
  private static final class Totals {
    double loss;
    double denominator;
    long tokens;
    long lossTokens;

    LaneResult result(float[] gradient) {
      return new LaneResult(gradient, loss, denominator, tokens, lossTokens, 0, 0);
    }
  }
}
