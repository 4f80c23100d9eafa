package ai.signal.data;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Checks the head of a data set before anything is made of it: whether its files are of their kind,
 * and whether the first record of each, or the columns, have the fields of a format.
 */
public final class DataHead {
  private static final int MOST_FILES = 100;

  private DataHead() {}

  /**
   * Checks a data set of JSON files without Spark; what only Spark can read passes.
   *
   * @param prompts whether prompts are read of it, and not examples
   * @throws DataException if the data set cannot be used
   */
  public static void check(DataSpec spec, boolean prompts, Configuration conf) {
    if (!(spec.source() instanceof DataSource.Files source)) {
      return;
    }
    List<InputFile> all = InputFile.list(source.paths(), conf);
    FileKind kind = source.kind().of(all);
    if (kind != FileKind.JSONL && kind != FileKind.JSON) {
      return;
    }
    List<InputFile> files = all.subList(0, Math.min(MOST_FILES, all.size()));
    for (int i = 0; i < files.size(); i++) {
      boolean array = kind == FileKind.JSON && JsonArray.isIn(files.get(i), conf);
      FileHead head = FileHead.read(files.get(i), conf);
      if (!array) {
        head.requireLines(spec.selection().fields());
      }
      if (spec.onBadRecord() == BadRecords.FAIL) {
        first(spec, prompts, files.get(i), array ? JsonArray::open : FileLines::open, conf);
      }
    }
  }

  /**
   * Checks the files and columns of a data set of examples, without reading its records.
   *
   * @throws DataException if the data set cannot be used
   */
  public static void check(SparkSession spark, DataSpec spec) {
    Records.open(spark, spec);
  }

  private static void first(
      DataSpec spec, boolean prompts, InputFile file, StreamOpener opener, Configuration conf) {
    try (RecordStream records = opener.open(0, file.location(), conf)) {
      Line line = records.next();
      while (line != null && line.isBlank()) {
        line = records.next();
      }
      if (line != null) {
        Line record = line;
        try {
          LineWork.of(() -> parsed(spec, prompts, record));
        } catch (RecordException e) {
          throw new DataException(
              "Cannot read %s line %d: %s".formatted(file.name(), records.number(), e.getMessage()),
              e);
        }
      }
    } catch (IOException e) {
      throw new DataException("Cannot read %s: %s".formatted(file.name(), e.getMessage()), e);
    }
  }

  private static Object parsed(DataSpec spec, boolean prompts, Line line) throws RecordException {
    if (!prompts) {
      RecordReader reader =
          new RecordReader(spec.format(), new DataFormat[1], spec.selection().fields());
      return reader.read(line);
    }
    if (line.fault() != null) {
      throw new RecordException(line.fault());
    }
    return PromptFields.read(
        JsonLine.parse(line.bytes(), line.length()),
        spec.format(),
        spec.selection().fields(),
        RecordUse.SAMPLING);
  }
}
