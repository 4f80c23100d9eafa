package ai.signal.generate;

import ai.signal.cluster.AdapterRef;
import ai.signal.cluster.LaneRefusal;
import ai.signal.cluster.LaneResources;
import ai.signal.cluster.Lanes;
import ai.signal.cluster.Replica;
import ai.signal.cluster.ReplicaMetrics;
import ai.signal.cluster.ReplicaSpec;
import ai.signal.model.ModelConfig;
import ai.signal.model.NativeAdapter;
import ai.signal.model.Packing;
import ai.signal.model.Scope;
import ai.signal.model.Trunk;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Vectors of texts as a Spark job of its own.
 *
 * @param model the base model
 * @param adapter the version to compute with
 * @param pooling of the tokens' hidden states
 * @param layer whose output it is: 0 are the embeddings, -1 is the last, after the final norm; as
 *     hidden_states of transformers
 * @param threads intra-op threads of each task
 * @param tokensPerMicrobatch tokens that go through the model at once
 */
public record EmbeddingJob(
    ReplicaSpec model,
    AdapterRef adapter,
    Pooling pooling,
    int layer,
    int threads,
    int tokensPerMicrobatch)
    implements Serializable {

  /**
   * A vector [hidden] of each sequence of tokens, in their order.
   *
   * @param description what a person reads in the Spark UI
   * @param resources of each task
   * @param lanes tasks at most; how texts are packed depends on it
   */
  public List<float[]> run(
      JavaSparkContext spark,
      String description,
      List<int[]> sequences,
      LaneResources resources,
      int lanes) {
    if (sequences.isEmpty()) {
      return List.of();
    }
    int used = Math.min(lanes, sequences.size());
    List<int[][]> shares =
        IntStream.range(0, used)
            .mapToObj(
                lane ->
                    IntStream.range(0, sequences.size())
                        .filter(i -> i % used == lane)
                        .mapToObj(sequences::get)
                        .toArray(int[][]::new))
            .toList();
    List<float[][]> parts =
        Lanes.run(spark, description, resources, shares, (lane, share, none) -> lane(share));
    return IntStream.range(0, sequences.size())
        .mapToObj(i -> parts.get(i % used)[i / used])
        .toList();
  }

  private float[][] lane(int[][] sequences) {
    return Replica.run(
        model,
        threads,
        adapter,
        (replica, scope, values, lease) -> {
          for (int[] sequence : sequences) {
            require(sequence, replica.decoder().config());
          }
          List<float[]> vectors = new ArrayList<>();
          for (List<int[]> batch : batches(sequences)) {
            lease.check();
            try (Scope inner = scope.inner()) {
              vectors.addAll(vectors(replica, inner, values, batch));
            }
            ReplicaMetrics.tokensComputed(batch.stream().mapToLong(s -> s.length).sum());
          }
          return vectors.toArray(float[][]::new);
        });
  }

  private static void require(int[] sequence, ModelConfig model) {
    int context = model.maxPositions();
    for (int token : sequence) {
      if (token < 0 || token >= model.vocabSize()) {
        throw new LaneRefusal(
            "a text has token %d, but the model's vocabulary has %d"
                .formatted(token, model.vocabSize()));
      }
    }
    if (sequence.length == 0) {
      throw new LaneRefusal("a text has no tokens, so that there is nothing to embed");
    }
    if (sequence.length > context) {
      throw new LaneRefusal(
          "a text has %d tokens, but the model's context holds %d"
              .formatted(sequence.length, context));
    }
  }

  private List<List<int[]>> batches(int[][] sequences) {
    List<List<int[]>> batches = new ArrayList<>();
    long tokens = Long.MAX_VALUE / 2; // the first opens a batch
    for (int[] sequence : sequences) {
      tokens += sequence.length;
      if (tokens > tokensPerMicrobatch) {
        batches.add(new ArrayList<>());
        tokens = sequence.length;
      }
      batches.get(batches.size() - 1).add(sequence);
    }
    return batches;
  }

  private List<float[]> vectors(
      Replica replica, Scope scope, NativeAdapter values, List<int[]> batch) {
    int layers = replica.decoder().config().layers();
    int wanted = layer < 0 ? layers + 1 + layer : layer;
    if (wanted < 0 || wanted > layers) {
      throw new LaneRefusal(
          "layer is %d, but the model has layers 0 (embeddings) to %d, or -1 to %d from the end"
              .formatted(layer, layers, -layers - 1));
    }
    Packing packing = Packing.of(batch);
    Trunk trunk = replica.decoder().hidden(scope, values, packing, wanted);
    long[] spans = new long[2 * batch.size()];
    for (int i = 0; i < batch.size(); i++) {
      int start = packing.starts()[i];
      int length = batch.get(i).length;
      spans[2 * i] = pooling == Pooling.LAST ? start + length - 1 : start;
      spans[2 * i + 1] = pooling == Pooling.MEAN ? length : 1;
    }
    float[] flat = replica.decoder().means(scope, trunk, spans); // [texts, hidden]
    int width = flat.length / batch.size();
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      vectors.add(Arrays.copyOfRange(flat, i * width, (i + 1) * width));
    }
    return vectors;
  }
}
