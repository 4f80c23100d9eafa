package ai.signal.client;

import ai.signal.cluster.FloatBlocks;
import ai.signal.cluster.LaneResources;
import ai.signal.cluster.Lanes;
import ai.signal.cluster.SharedAdapter;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.LoraConfig;
import ai.signal.lora.MergedModel;
import ai.signal.lora.PeftAdapter;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelIdentity;
import ai.signal.model.ModelSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a base model with an adapter merged in, as a Spark job of its own: a task per file of
 * weights, each reading the executor's own copy of the base. No process holds more than a row of a
 * weight and the adapter. The driver writes the rest, config.json last: a directory without it is
 * no model, and one with it is whole.
 */
public final class MergeJob {
  private static final Logger LOG = LoggerFactory.getLogger(MergeJob.class);

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
    this.base = base;
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
      return save(adapter, path);
    }
  }

  /**
   * Merges a version of a run's adapter.
   *
   * @param adapter held by the caller until this returns
   * @param path a directory that does not exist yet, or that a merge left unfinished
   */
  SavedState save(SharedAdapter adapter, String path) {
    ModelDirectory model = ModelDirectory.open(ModelSource.resolve(base));
    MergedModel merged =
        MergedModel.of(model, lora, options.dtype(), options.maxShardSize().bytes());
    try (WholeFiles files = new WholeFiles(path, spark.hadoopConfiguration())) {
      claim(files, path);
      try {
        return write(model, merged, adapter, files);
      } catch (Throwable e) { // Spark's own, which no method declares, included
        remove(files, e);
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot save merged: %s: %s".formatted(path, e), e);
    }
  }

  /** What a driver that died left is removed; nothing else is. */
  private static void claim(WholeFiles files, String path) throws IOException {
    Map<String, Long> there = files.sizes();
    if (there.isEmpty()) {
      return;
    }
    boolean unfinished =
        there.keySet().stream()
            .allMatch(name -> MergedModel.writes(name) || WholeFiles.isPart(name));
    if (!unfinished) {
      throw new IllegalStateException(
          "Cannot save merged: " + path + " exists already; name another directory");
    }
    LOG.info("Removing an unfinished merged model: {}", path);
    files.delete();
  }

  private SavedState write(
      ModelDirectory model, MergedModel merged, SharedAdapter adapter, WholeFiles files)
      throws IOException {
    List<Long> written = shards(model, merged, adapter, files.location());
    Map<String, Long> there = files.sizes();
    List<String> names = new ArrayList<>();
    long bytes = 0;
    for (int shard = 0; shard < merged.shards(); shard++) {
      String name = merged.name(shard);
      if (!written.get(shard).equals(there.get(name))) {
        throw new IOException(
            "executors wrote %s to %s, where the driver finds %s; name a file system that all of them share"
                .formatted(
                    name,
                    files.location(),
                    there.containsKey(name) ? there.get(name) + " bytes of it" : "none"));
      }
      names.add(name);
      bytes += written.get(shard);
    }
    files.sweep();
    for (Map.Entry<String, PeftAdapter.Content> file : merged.otherFiles().entrySet()) {
      names.add(file.getKey());
      bytes += files.write(file.getKey(), file.getValue());
    }
    return new SavedState(SaveMode.MERGED, files.location(), names, bytes);
  }

  private List<Long> shards(
      ModelDirectory model, MergedModel merged, SharedAdapter adapter, String directory) {
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
              directory,
              conf);
      List<Integer> shards = IntStream.range(0, merged.shards()).boxed().toList();
      return Lanes.run(spark, description, LaneResources.NONE, shards, task);
    } finally {
      conf.destroy();
    }
  }

  private static void remove(WholeFiles files, Throwable failure) {
    try {
      files.delete();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
