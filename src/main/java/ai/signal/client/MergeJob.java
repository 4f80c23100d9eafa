package ai.signal.client;

import ai.signal.cluster.FloatBlocks;
import ai.signal.cluster.LaneResources;
import ai.signal.cluster.Lanes;
import ai.signal.cluster.SharedAdapter;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.LoraConfig;
import ai.signal.lora.MergedModel;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelIdentity;
import ai.signal.model.ModelSource;
import ai.signal.storage.Content;
import ai.signal.storage.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes a base model with an adapter merged in, as a Spark job of its own: a task per file of
 * weights, each reading the executor's own copy of the base. No process holds more than a row of a
 * weight and the adapter. The driver writes the rest, config.json last: a directory without it is
 * no model, and one with it is whole.
 */
public final class MergeJob {
  private final JavaSparkContext spark;
  private final String description;
  private final String base;
  private final LoraConfig lora;
  private final MergeOptions options;

  /**
   * Merges of one adapter.
   *
   * @param name of the run, for people
   * @param base model that the adapter is of, as a job spec names it
   */
  public MergeJob(
      JavaSparkContext spark, String name, String base, LoraConfig lora, MergeOptions options) {
    this.spark = spark;
    this.description = name + " · save_state merged";
    this.base = Location.of("Cannot save merged", base).toString();
    this.lora = lora;
    this.options = options;
  }

  /**
   * Merges values that no run holds.
   *
   * @param values as {@link AdapterLayout} places them
   * @param path a directory that does not exist yet, or that a merge left unfinished
   * @throws IllegalArgumentException when they are not as many as the adapter has
   */
  public SavedState save(float[] values, String path) {
    Location.of("Cannot save merged", path);
    AdapterLayout layout =
        AdapterLayout.of(ModelDirectory.open(ModelSource.resolve(base)).config(), lora);
    if (values.length != layout.size()) {
      throw new IllegalArgumentException(
          "The adapter has %d values, its layout %d".formatted(values.length, layout.size()));
    }
    FloatBlocks blocks = FloatBlocks.zeros(values.length);
    blocks.put(values, 0, values.length);
    String id = UUID.randomUUID().toString();
    try (SharedAdapter adapter = SharedAdapter.broadcast(spark, id, 0, layout.shape(), blocks)) {
      return save(
          adapter, () -> SaveTarget.directory(SaveMode.MERGED, path, spark.hadoopConfiguration()));
    }
  }

  /**
   * Merges a version of a run's adapter.
   *
   * @param adapter held by the caller until this returns
   * @throws IllegalStateException where the directory holds anything else
   */
  SavedState save(SharedAdapter adapter, SaveTarget.Opening opening) {
    ModelDirectory model = ModelDirectory.open(ModelSource.resolve(base));
    MergedModel merged =
        MergedModel.of(model, lora, options.dtype(), options.maxShardSize().bytes());
    try (SaveTarget target = opening.open()) {
      try {
        return write(model, merged, adapter, target);
      } catch (IOException e) {
        target.abandon(e);
        throw target.failed(SaveMode.MERGED, e);
      } catch (Throwable e) { // Spark's own, which no method declares, included
        target.abandon(e);
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot save merged: " + e.getMessage(), e);
    }
  }

  private SavedState write(
      ModelDirectory model, MergedModel merged, SharedAdapter adapter, SaveTarget target)
      throws IOException {
    List<String> names = new ArrayList<>(merged.weightFiles());
    Map<String, Content> others = merged.otherFiles();
    names.addAll(others.keySet());
    target.requireFree(MergedModel.READ_FIRST);
    target.requireFree(names);
    target.announce(names);
    List<Long> written = shards(model, merged, adapter, target.shared());
    long bytes = 0;
    for (int shard = 0; shard < merged.shards(); shard++) {
      String name = merged.name(shard);
      Optional<Long> there = target.size(name);
      if (!there.equals(Optional.of(written.get(shard)))) {
        throw new IOException(
            "executors wrote %s to %s, where the driver finds %s; name a file system that all of them share"
                .formatted(
                    name,
                    target.location(),
                    there.map(size -> size + " bytes of it").orElse("none")));
      }
      bytes += written.get(shard);
    }
    bytes += target.write(others);
    return target.complete(SaveMode.MERGED, names, bytes);
  }

  private List<Long> shards(
      ModelDirectory model, MergedModel merged, SharedAdapter adapter, ShardTask.Target target) {
    Broadcast<SerializableConfiguration> conf =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    try {
      ShardTask task =
          new ShardTask(
              base,
              ModelIdentity.of(model.path()),
              lora,
              adapter.ref(),
              options.dtype().orElse(null),
              options.maxShardSize().bytes(),
              target,
              conf);
      List<Integer> shards = IntStream.range(0, merged.shards()).boxed().toList();
      return Lanes.run(spark, description, LaneResources.NONE, shards, task);
    } finally {
      conf.destroy();
    }
  }
}
