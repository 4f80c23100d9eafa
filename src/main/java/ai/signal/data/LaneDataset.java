package ai.signal.data;

import ai.signal.model.HostCache;
import ai.signal.storage.Location;
import java.io.Serializable;
import java.lang.ref.SoftReference;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A tokenized data set in lane files. It is a description that travels with tasks; the examples
 * stay in the files, which executors open where they run.
 */
public final class LaneDataset implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Verifying a lane reads all of it, so a JVM does it once while it has memory to spare. */
  private static final ConcurrentHashMap<String, SoftReference<LaneFile>> OPEN =
      new ConcurrentHashMap<>();

  private final String directory;
  private final String quarantine;
  private final LaneManifest manifest;
  private final boolean reused;
  private final List<String> unused;
  private final Broadcast<SerializableConfiguration> conf;

  LaneDataset(
      String directory,
      String quarantine,
      LaneManifest manifest,
      boolean reused,
      List<String> unused,
      Broadcast<SerializableConfiguration> conf) {
    this.directory = directory;
    this.quarantine = quarantine;
    this.manifest = manifest;
    this.reused = reused;
    this.unused = List.copyOf(unused);
    this.conf = conf;
  }

  /**
   * Reads and tokenizes the data set in Spark jobs and writes its lane files to {@code
   * <output>/data/<digest>/}, or finds them there.
   *
   * @param base the model whose tokenizer is used, for {@link ai.signal.model.ModelSource}; every
   *     executor resolves it for itself
   * @param lanes the number of lanes of the job, at least 1
   * @param output the job's output directory on any Hadoop file system that all executors reach
   * @throws DataException if the data cannot be read: a file, a line of it or what is left of it
   */
  public static LaneDataset prepare(
      SparkSession spark, DataSpec spec, String base, int lanes, String output) {
    String operation = "Cannot prepare data";
    Location model = Location.of(operation, base);
    Location directory = Location.of(operation, output);
    return new LanePreparation(
            spark,
            spec,
            model.toString(),
            lanes,
            directory.path(spark.sparkContext().hadoopConfiguration()))
        .prepare();
  }

  /** The number of lanes. */
  public int lanes() {
    return manifest.lanes().size();
  }

  /** The number of examples in all lanes. */
  public long examples() {
    return manifest.lanes().stream().mapToLong(LaneEntry::examples).sum();
  }

  /** The number of examples in {@code lane}. */
  public long examples(int lane) {
    return manifest.lanes().get(lane).examples();
  }

  /** The number of positions of all examples together. */
  public long tokens() {
    return manifest.lanes().stream().mapToLong(LaneEntry::tokens).sum();
  }

  /** The number of records longer than the maximal length: cut, or skipped if the data says so. */
  public long truncated() {
    return manifest.truncated();
  }

  /** The number of records that are no examples, since the cut left nothing to learn. */
  public long dropped() {
    return manifest.dropped();
  }

  /** The number of records that the data's filter has left out. */
  public long filtered() {
    return manifest.filtered();
  }

  /** The number of records that were left out because they repeat one before them. */
  public long duplicates() {
    return manifest.duplicates();
  }

  /** What was left out because it is no record, where the data's {@link BadRecords} allow it. */
  public LeftOut leftOut() {
    return manifest.bad();
  }

  /** Where the records that were left out are, with what is wrong with each. */
  public Optional<String> quarantine() {
    return manifest.bad().file().isEmpty()
        ? Optional.empty()
        : Optional.of(quarantine + "/" + manifest.bad().file());
  }

  /**
   * Fields of records, columns and keys of messages that nothing was read from, 20 at most; empty
   * where the lane files were there already.
   */
  public List<String> unused() {
    return unused;
  }

  /** Whether the lane files were there already. */
  public boolean reused() {
    return reused;
  }

  /**
   * What the examples are and their order: the same for equal files, whenever they were written.
   */
  public String content() {
    StringBuilder content = new StringBuilder();
    manifest
        .lanes()
        .forEach(lane -> content.append("%d bytes %08x ".formatted(lane.bytes(), lane.crc32c())));
    return content.toString().strip();
  }

  /** SHA-256 of all that decides the examples and their order, the times of files included. */
  public String digest() {
    return manifest.digest();
  }

  /** The plan of a run over this data set. */
  public BatchPlan plan(int batchSize, long seed, boolean shuffle) {
    return new BatchPlan(examples(), lanes(), batchSize, seed, shuffle);
  }

  /**
   * The examples of {@code lane}, on whatever host this is called, shared by all of the JVM.
   *
   * @throws DataException if the lane file is gone or damaged
   */
  public LaneFile lane(int lane) {
    LaneEntry entry = manifest.lanes().get(lane);
    LaneFile[] open = new LaneFile[1];
    OPEN.compute(
        directory + "/" + entry.file(),
        (file, cached) -> {
          open[0] = cached == null ? null : cached.get();
          if (open[0] != null) {
            return cached;
          }
          open[0] =
              HostCopy.open(directory, digest(), entry, conf.value().value(), HostCache.root());
          return new SoftReference<>(open[0]);
        });
    return open[0];
  }
}
