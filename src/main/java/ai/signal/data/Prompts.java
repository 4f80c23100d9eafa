package ai.signal.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Prompts out of JSON lines files, in the order of files and lines, on the driver: sampling takes
 * and returns lists.
 */
public final class Prompts {
  private static final String RULE = "a record has 'prompt', and 'completion' if one is expected";

  private static final Comparator<PromptLine> BY_PLACE =
      Comparator.<PromptLine>comparingInt(line -> line.place.file)
          .thenComparingLong(line -> line.place.offset);

  private Prompts() {}

  /**
   * Prompts to sample from: records of 'prompt' and, as the answer that is expected, 'completion'.
   *
   * @param paths files, directories or globs on any Hadoop file system
   * @throws DataException if a file cannot be read or a line of it is no such record, or there is
   *     none
   */
  public static List<Prompt> toSample(SparkSession spark, List<String> paths) {
    JsonlFiles files = JsonlFiles.list(spark, paths); // refuses paths before they are shown
    String name = String.join(", ", paths);
    List<Prompt> prompts = read(files, spark, name, false, Prompts::prompt);
    if (prompts.isEmpty()) {
      throw new DataException("Cannot read %s: it holds no record".formatted(name));
    }
    return prompts;
  }

  /**
   * The prompts of a data set of training records, each with its completion; none for plain text.
   *
   * @throws DataException if a file cannot be read or a line of it is no training record, where one
   *     may not be left out
   */
  public static List<Prompt> toEvaluate(SparkSession spark, DataSpec spec) {
    boolean skips = spec.onBadRecord() != BadRecords.FAIL;
    Records records = Records.open(spark, spec);
    RecordReader reader = records.reader();
    return read(records, spark, spec.name(), skips, line -> pair(reader.read(line)));
  }

  private static List<Prompt> read(
      Records records, SparkSession spark, String name, boolean skips, PromptLine.Reader reader) {
    List<PromptLine> lines;
    try {
      lines =
          JobDescription.during(
              spark.sparkContext(),
              name + " · read prompts",
              () -> records.map(() -> line -> PromptLine.read(line, reader)).collect());
    } catch (Exception e) { // Spark's own, which no method declares, included
      Optional<DataException> damaged = DamagedFile.in(e, name);
      if (damaged.isPresent()) {
        throw damaged.get();
      }
      throw e;
    }
    Stream<PromptLine> good = lines.stream().filter(line -> line.failure == null || !skips);
    return (records.isInOrder() ? good : good.sorted(BY_PLACE))
        .map(line -> line.toPrompt(records))
        .toList();
  }

  private static String[] pair(TrainingRecord record) {
    return record instanceof TrainingRecord.Completion pair
        ? new String[] {pair.prompt(), pair.completion()}
        : null;
  }

  private static String[] prompt(Line line) throws RecordException {
    ObjectNode object = JsonLine.parse(line.bytes(), line.length());
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!name.equals("prompt") && !name.equals("completion")) {
        throw new RecordException("'%s' is not a field here (%s)".formatted(name, RULE));
      }
    }
    if (!object.has("prompt")) {
      throw new RecordException("'prompt' is missing (%s)".formatted(RULE));
    }
    String completion = object.has("completion") ? JsonLine.string(object, "completion") : null;
    return new String[] {JsonLine.string(object, "prompt"), completion};
  }
}
