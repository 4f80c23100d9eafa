package ai.signal.data;

import ai.signal.model.ModelSource;
import ai.signal.storage.Location;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Reads the prompts of data sets, in the order of the records' identities, to the driver: sampling
 * takes and returns lists.
 */
public final class Prompts {
  private static final Comparator<PromptLine> BY_PLACE =
      Comparator.<PromptLine>comparingInt(line -> line.place.file)
          .thenComparingLong(line -> line.place.offset);

  private Prompts() {}

  /** The formats that records with prompts may have, besides {@link DataFormat#AUTO}. */
  public static List<DataFormat> formats() {
    return PromptFields.formats();
  }

  /**
   * Reads prompts to sample from: a {@code prompt} that is a text or a list of messages, and
   * perhaps a {@code completion}; conversations without the last turn of the assistant, which is
   * the expected completion; or instructions. Their other fields are carried along.
   *
   * @param spec its maximal length is not used
   * @param base the model whose tokenizer and chat template are used, for {@link ModelSource}
   * @throws DataException if a file cannot be read, a record is bad and may not be, or there is
   *     none
   */
  public static PromptSet toSample(SparkSession spark, DataSpec spec, String base) {
    Location model = Location.of("Cannot read prompts", base);
    Records records = Records.open(spark, spec, RecordUse.SAMPLING);
    String tokenizer = LaneDigest.ofTokenizer(ModelSource.resolve(model.toString()));
    ReadPrompts read = new ReadPrompts(model.toString(), tokenizer, spec, null);
    PromptSet prompts = read(records, spark, spec, read);
    if (prompts.size() == 0 && prompts.leftOut().records() == 0) {
      throw new DataException(
          records.filteredOut() > 0
              ? "Cannot use %s: the filter passes none of %d records (prompts.filter)"
                  .formatted(spec.name(), records.filteredOut())
              : "Cannot read %s: it holds no record".formatted(spec.name()));
    }
    return prompts;
  }

  /**
   * Reads the prompts of training records, each with its completion; none of texts and tokens. Of a
   * conversation the last turn of the assistant that is learnt is the expected completion. Records
   * that make no example are skipped where the data set says so.
   *
   * @param base the model whose tokenizer and chat template are used, for {@link ModelSource}
   * @throws DataException if a file cannot be read, or a record is bad and may not be
   */
  public static PromptSet toEvaluate(SparkSession spark, DataSpec spec, String base) {
    Location model = Location.of("Cannot read prompts", base);
    Records records = Records.open(spark, spec, RecordUse.EVALUATION);
    String tokenizer = LaneDigest.ofTokenizer(ModelSource.resolve(model.toString()));
    TokenizeLines examples = new TokenizeLines(model.toString(), tokenizer, spec, records.reader());
    return read(records, spark, spec, new ReadPrompts(model.toString(), tokenizer, spec, examples));
  }

  private static PromptSet read(
      Records records, SparkSession spark, DataSpec spec, ReadPrompts read) {
    List<PromptLine> lines;
    try {
      lines =
          JobDescription.during(
              spark.sparkContext(),
              spec.name() + " · read prompts",
              () -> records.map(read).collect());
    } catch (Exception e) { // Spark's own, which no method declares, included
      Optional<DataException> damaged = DamagedFile.in(e, spec.name());
      if (damaged.isPresent()) {
        throw damaged.get();
      }
      throw e;
    }
    Stream<PromptLine> all = records.isInOrder() ? lines.stream() : lines.stream().sorted(BY_PLACE);
    List<PromptLine> ordered = all.toList();
    List<PromptLine> bad = ordered.stream().filter(line -> line.failure != null).toList();
    LeftOut leftOut = LeftOut.NONE;
    if (!bad.isEmpty()) {
      String first = records.fault(bad.get(0).place, bad.get(0).failure);
      if (spec.onBadRecord() == BadRecords.FAIL) {
        throw new DataException("Cannot read " + first);
      }
      leftOut = new LeftOut(bad.size(), first, "");
    }
    return new PromptSet(
        spec.name(),
        records,
        ordered.stream().filter(line -> line.failure == null).toList(),
        spec.onBadRecord() == BadRecords.QUARANTINE ? bad : List.of(),
        leftOut,
        LeftOut.NONE);
  }
}
