package ai.signal.generate;

import ai.signal.cluster.AdapterRef;
import ai.signal.cluster.LaneResources;
import ai.signal.cluster.Lanes;
import ai.signal.cluster.Replica;
import ai.signal.cluster.ReplicaMetrics;
import ai.signal.cluster.ReplicaSpec;
import ai.signal.cluster.SharedAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;

/** Sampling as a Spark job of its own, prompts spread over lanes. */
public final class SampleJob {
  private SampleJob() {}

  /**
   * Completions in the order of the prompts.
   *
   * @param description what a person reads in the Spark UI
   * @param adapter the version to sample from, held until the job is over
   * @param resources of each task
   * @param lanes tasks at most; no completion depends on it
   * @param threads intra-op threads of each
   */
  public static List<Completion> run(
      JavaSparkContext spark,
      String description,
      ReplicaSpec model,
      SharedAdapter adapter,
      List<String> prompts,
      SamplingParams params,
      LaneResources resources,
      int lanes,
      int threads) {
    if (prompts.isEmpty()) {
      return List.of();
    }
    List<ArrayList<IndexedPrompt>> shares = new ArrayList<>();
    for (int lane = 0; lane < Math.min(lanes, prompts.size()); lane++) {
      shares.add(new ArrayList<>());
    }
    for (int i = 0; i < prompts.size(); i++) {
      shares.get(i % shares.size()).add(new IndexedPrompt(i, prompts.get(i)));
    }
    List<Completion[]> parts;
    try (SharedAdapter held = adapter.retain()) {
      AdapterRef version = held.ref();
      parts =
          Lanes.run(
              spark,
              description,
              resources,
              shares,
              (lane, share, none) -> lane(model, version, share, params, threads));
    }
    Completion[] completions = new Completion[prompts.size()];
    for (int i = 0; i < completions.length; i++) {
      completions[i] = parts.get(i % shares.size())[i / shares.size()];
    }
    return List.of(completions);
  }

  private static Completion[] lane(
      ReplicaSpec model,
      AdapterRef adapter,
      List<IndexedPrompt> share,
      SamplingParams params,
      int threads) {
    return Replica.run(
        model,
        threads,
        adapter,
        (replica, scope, values, lease) -> {
          Map<Integer, Completion> done =
              new BlockSampler(replica, values, params).run(scope, share, lease);
          ReplicaMetrics.tokensComputed(
              done.values().stream().mapToLong(row -> row.tokenIds().length).sum());
          return share.stream().map(prompt -> done.get(prompt.index())).toArray(Completion[]::new);
        });
  }
}
