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
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/** Sampling as a Spark job of its own, prompts spread over lanes. */
public final class SampleJob {
  private SampleJob() {}

  /**
   * Completions in the order of their places: all of the first prompt, then all of the second.
   *
   * @param description what a person reads in the Spark UI
   * @param adapter the version to sample from, held until the job is over
   * @param sink told of every token on the executor that made it
   * @param resources of each task
   * @param lanes tasks at most; no completion depends on it
   * @param threads intra-op threads of each
   */
  public static List<Completion> run(
      JavaSparkContext spark,
      String description,
      ReplicaSpec model,
      SharedAdapter adapter,
      List<PromptRequest> prompts,
      TokenSink sink,
      LaneResources resources,
      int lanes,
      int threads) {
    if (prompts.isEmpty()) {
      return List.of();
    }
    List<PromptRequest[]> shares = shares(prompts, lanes);
    List<Completion[]> parts;
    try (SharedAdapter held = adapter.retain()) {
      AdapterRef version = held.ref();
      parts =
          Lanes.run(
              spark,
              description,
              resources,
              shares,
              (lane, share, none) -> lane(model, version, share, sink, threads));
    }
    Completion[] completions =
        new Completion[prompts.stream().mapToInt(PromptRequest::samples).sum()];
    for (int lane = 0; lane < shares.size(); lane++) {
      int next = 0;
      for (PromptRequest request : shares.get(lane)) {
        for (int i = 0; i < request.samples(); i++) {
          completions[request.place() + i] = parts.get(lane)[next++];
        }
      }
    }
    return List.of(completions);
  }

  /** A prompt stays whole, unless there are more lanes than prompts. */
  private static List<PromptRequest[]> shares(List<PromptRequest> prompts, int lanes) {
    int parts = (lanes + prompts.size() - 1) / prompts.size();
    List<PromptRequest> all =
        prompts.stream().flatMap(prompt -> prompt.split(parts).stream()).toList();
    int used = Math.min(lanes, all.size());
    return IntStream.range(0, used)
        .mapToObj(
            lane ->
                IntStream.range(0, all.size())
                    .filter(i -> i % used == lane)
                    .mapToObj(all::get)
                    .toArray(PromptRequest[]::new))
        .toList();
  }

  private static Completion[] lane(
      ReplicaSpec model, AdapterRef adapter, PromptRequest[] share, TokenSink sink, int threads) {
    return Replica.run(
        model,
        threads,
        adapter,
        (replica, scope, values, lease) -> {
          Map<Integer, Completion> done =
              new BlockSampler(replica, values, sink).run(scope, List.of(share), lease);
          ReplicaMetrics.tokensComputed(
              done.values().stream().mapToLong(row -> row.tokenIds().length).sum());
          List<Completion> inOrder = new ArrayList<>();
          for (PromptRequest request : share) {
            for (int i = 0; i < request.samples(); i++) {
              inOrder.add(done.get(request.place() + i));
            }
          }
          return inOrder.toArray(Completion[]::new);
        });
  }
}
