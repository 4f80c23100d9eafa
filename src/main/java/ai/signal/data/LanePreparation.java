package ai.signal.data;

import ai.signal.model.ModelSource;
import ai.signal.storage.OwnedFiles;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Makes lane files in two Spark jobs. The first tokenizes, keeps the result on the executors' disks
 * and tells the driver how many examples each split has; from that follows the position of every
 * example, by which the second job sends it to its lane. The driver sees counts and messages only.
 */
final class LanePreparation {
  private final SparkSession spark;
  private final JavaSparkContext context;
  private final DataSpec spec;
  private final String base;
  private final int lanes;
  private final Path output;
  private final UnusedKeys unused = new UnusedKeys();

  LanePreparation(SparkSession spark, DataSpec spec, String base, int lanes, Path output) {
    if (lanes < 1) {
      throw new IllegalArgumentException(
          "Cannot prepare data for %d lanes: at least 1 is needed (cluster.lanes)"
              .formatted(lanes));
    }
    this.spark = spark;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.spec = spec;
    this.base = base;
    this.lanes = lanes;
    this.output = output;
  }

  LaneDataset prepare() {
    try {
      return read();
    } catch (Exception e) { // Spark's own, which no method declares, included
      Optional<DataException> damaged = DamagedFile.in(e, spec.name());
      if (damaged.isPresent()) {
        throw damaged.get();
      }
      throw e;
    }
  }

  private LaneDataset read() {
    Records records = Records.open(spark, spec);
    String tokenizerSha256 = LaneDigest.ofTokenizer(ModelSource.resolve(base));
    String digest = LaneDigest.of(records.fingerprint(), spec, tokenizerSha256, lanes);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    String lanesIn = "data/" + digest;
    String badIn = "quarantine/" + digest;
    try (OwnedFiles files = OwnedFiles.open(output.toString(), "data " + spec.name(), hadoop)) {
      Path directory = files.path(lanesIn);
      Broadcast<SerializableConfiguration> conf =
          context.broadcast(new SerializableConfiguration(hadoop));
      Optional<LaneManifest> committed = LaneManifest.read(files.fileSystem(), directory, digest);
      LaneManifest manifest;
      if (committed.isPresent()) {
        manifest = committed.get();
      } else {
        files.requireFree(lanesIn + "/" + LaneManifest.NAME);
        manifest = write(records, tokenizerSha256, files, digest, conf);
        manifest.write(files, lanesIn);
        manifest.deleteOthers(files, List.of(lanesIn, badIn));
      }
      return new LaneDataset(
          directory.toString(),
          files.path(badIn).toString(),
          manifest,
          committed.isPresent(),
          unused.names(),
          conf);
    } catch (IOException e) {
      throw new DataException(
          "Cannot write tokenized data to %s: %s".formatted(output, e.getMessage()), e);
    }
  }

  private LaneManifest write(
      Records records,
      String tokenizerSha256,
      OwnedFiles files,
      String digest,
      Broadcast<SerializableConfiguration> conf)
      throws IOException {
    EosToken.check(ModelSource.resolve(base));
    TokenizeLines tokenize = new TokenizeLines(base, tokenizerSha256, spec, records.reader());
    JavaRDD<Tokenized> tokenized =
        described("read", () -> records.map(tokenize))
            .setName("tokenized " + spec.name())
            .persist(StorageLevel.DISK_ONLY());
    try {
      List<SplitReport> reports = tokenize(tokenized, records.isInOrder());
      LeftOut bad = bad(reports, records);
      note(records, reports);
      requireLength(reports, records);
      long[] starts = starts(reports, tokenized, report -> report.examples);
      if (reports.stream().allMatch(report -> report.examples == 0)) {
        throw nothingLeft(reports, bad, records);
      }
      files.announceDirectories(List.of("data/" + digest, "quarantine/" + digest));
      if (bad.records() > 0 && spec.onBadRecord() == BadRecords.QUARANTINE) {
        String directory = files.path("quarantine/" + digest).toString();
        bad =
            quarantine(
                tokenized,
                reports,
                bad,
                new WriteQuarantine(directory, files.attempt(), records, conf));
      }
      String directory = files.path("data/" + digest).toString();
      return new LaneManifest(
          LaneFormat.VERSION,
          digest,
          reports.stream().mapToLong(report -> report.truncated + report.skipped).sum(),
          reports.stream().mapToLong(report -> report.dropped).sum(),
          bad,
          records.filteredOut(),
          duplicates(records, reports),
          writeLanes(
              tokenized,
              starts,
              new WriteLanes(directory, files.attempt(), records.locations(), conf)));
    } finally {
      tokenized.unpersist(false);
    }
  }

  /** Notes columns and keys that nothing was read from and that choose no records. */
  private void note(Records records, List<SplitReport> reports) {
    Stream<String> all =
        Stream.concat(
            records.unused().stream(),
            reports.stream().flatMap(report -> Stream.of(report.unused)));
    all.filter(name -> !spec.selection().reads(name)).forEach(unused::add);
  }

  private static long duplicates(Records records, List<SplitReport> reports) {
    long read = reports.stream().mapToLong(r -> r.examples + r.dropped + r.skipped + r.bad).sum();
    return records.passed() < 0 ? 0 : records.passed() - read;
  }

  /** What is in each partition that has lines, in the order of identities. */
  private List<SplitReport> tokenize(JavaRDD<Tokenized> tokenized, boolean inOrder) {
    List<SplitReport> all =
        described(
            "tokenize",
            () ->
                tokenized
                    .mapPartitionsWithIndex(
                        (partition, records) ->
                            List.of(SplitReport.of(partition, records)).iterator(),
                        false)
                    .collect());
    Stream<SplitReport> some = all.stream().filter(report -> !report.isEmpty());
    return (inOrder ? some : some.sorted(SplitReport.BY_IDENTITY)).toList();
  }

  /** The position of each partition's first, when {@code count} of each partition have one. */
  private static long[] starts(
      List<SplitReport> reports, JavaRDD<Tokenized> tokenized, ToLongFunction<SplitReport> count) {
    long[] starts = new long[tokenized.getNumPartitions()];
    long position = 0;
    for (SplitReport report : reports) {
      starts[report.partition] = position;
      position += count.applyAsLong(report);
    }
    return starts;
  }

  /**
   * What is no record.
   *
   * @throws DataException if there may be none
   */
  private LeftOut bad(List<SplitReport> reports, Records records) {
    Optional<SplitReport> first = reports.stream().filter(report -> report.bad > 0).findFirst();
    if (first.isEmpty()) {
      return LeftOut.NONE;
    }
    SplitReport report = first.get();
    if (spec.onBadRecord() == BadRecords.FAIL) {
      throw new DataException("Cannot read " + records.fault(report.badPlace, report.failure));
    }
    return new LeftOut(
        reports.stream().mapToLong(r -> r.bad).sum(),
        records.fault(report.badPlace, report.failure),
        "");
  }

  /**
   * Checks that no record is too long, where that is an error.
   *
   * @throws DataException naming the first one
   */
  private static void requireLength(List<SplitReport> reports, Records records) {
    for (SplitReport report : reports) {
      if (report.longPlace != null) {
        throw new DataException(
            "Cannot use " + records.fault(report.longPlace, report.longFailure));
      }
    }
  }

  private DataException nothingLeft(List<SplitReport> reports, LeftOut bad, Records records) {
    if (reports.isEmpty()) {
      return new DataException(
          records.filteredOut() > 0
              ? "Cannot use %s: the filter leaves none of %d records (data.filter)"
                  .formatted(spec.name(), records.filteredOut())
              : "Cannot read %s: it holds no record".formatted(spec.name()));
    }
    long skipped = reports.stream().mapToLong(report -> report.skipped).sum();
    if (skipped > 0) {
      return new DataException(
          "Cannot use %s: %d of its records have more than %d tokens and are skipped, and none is left (data.max_length, data.on_long)"
              .formatted(spec.name(), skipped, spec.maxLength()));
    }
    long dropped = reports.stream().mapToLong(report -> report.dropped).sum();
    if (dropped == 0) {
      return new DataException(
          "Cannot use %s: none of its records is good (data.on_bad_record skips all %d), first %s"
              .formatted(spec.name(), bad.records(), bad.first()));
    }
    return new DataException(
        "Cannot use %s: cut to %d tokens, no record has a token left to learn (data.max_length)"
            .formatted(spec.name(), spec.maxLength()));
  }

  private LeftOut quarantine(
      JavaRDD<Tokenized> tokenized, List<SplitReport> reports, LeftOut bad, WriteQuarantine write) {
    long[] starts = starts(reports, tokenized, report -> report.bad);
    List<String> names =
        described(
            "quarantine " + bad.records(),
            () ->
                tokenized
                    .mapPartitionsToPair(
                        new Positions<>(starts, record -> record.failure == null ? null : record))
                    .repartitionAndSortWithinPartitions(new LanePartitioner(1))
                    .mapPartitions(write)
                    .collect());
    return new LeftOut(bad.records(), bad.first(), names.get(0));
  }

  private List<LaneEntry> writeLanes(
      JavaRDD<Tokenized> tokenized, long[] starts, WriteLanes write) {
    List<String> entries =
        described(
            "write " + lanes + " lanes",
            () ->
                tokenized
                    .mapPartitionsToPair(new Positions<>(starts, record -> record.example))
                    .repartitionAndSortWithinPartitions(new LanePartitioner(lanes))
                    .mapPartitionsWithIndex(write, true)
                    .collect());
    return entries.stream().map(LaneEntry::ofJson).toList();
  }

  private <R> R described(String what, Supplier<R> work) {
    return JobDescription.during(spark.sparkContext(), spec.name() + " · " + what, work);
  }
}
