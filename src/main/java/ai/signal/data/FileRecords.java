package ai.signal.data;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** Records that stand in text files, each identified by its file and first byte. */
abstract class FileRecords implements Records {
  private final SparkSession spark;
  private final List<InputFile> files;
  private final DataFormat format;
  private final Map<String, String> fields;

  FileRecords(
      SparkSession spark, List<InputFile> files, DataFormat format, Map<String, String> fields) {
    this.spark = spark;
    this.files = files;
    this.format = format;
    this.fields = fields;
  }

  /** The session that reads. */
  final SparkSession spark() {
    return spark;
  }

  /** In the order of identities: a record's file number is its place here. */
  final List<InputFile> files() {
    return files;
  }

  @Override
  public final List<String> locations() {
    return files.stream().map(InputFile::location).toList();
  }

  /** Files count by location, length and time of change: reading them again would cost as much. */
  @Override
  public final List<String> fingerprint() {
    return files.stream().map(InputFile::fingerprint).toList();
  }

  @Override
  public final RecordReader reader() {
    DataFormat[] formats = new DataFormat[files.size()];
    Arrays.fill(formats, format);
    if (format == DataFormat.AUTO) {
      Arrays.parallelSetAll(formats, this::detect);
    }
    return new RecordReader(format, formats, fields);
  }

  /** The format of the first record of a file that has the fields of one; AUTO where none has. */
  private DataFormat detect(int file) {
    RecordReader reader = new RecordReader(format, new DataFormat[files.size()], fields);
    try (RecordStream records = open(file)) {
      for (Line line = records.next(); line != null; line = records.next()) {
        try {
          if (!line.isBlank()) {
            Line record = line;
            return LineWork.of(() -> reader.format(record));
          }
        } catch (RecordException e) {
          // The job that reads the whole file reports it.
        }
      }
      return DataFormat.AUTO;
    } catch (IOException e) {
      throw new DataException(
          "Cannot read %s: %s".formatted(files.get(file).name(), e.getMessage()), e);
    }
  }

  @Override
  public final String fault(Place place, String reason) {
    String name = files.get(place.file).name();
    try (RecordStream records = open(place.file)) {
      records.at(place.offset);
      return "%s line %d: %s".formatted(name, records.number(), reason);
    } catch (IOException e) {
      return "%s at byte %d: %s".formatted(name, place.offset, reason);
    }
  }

  private RecordStream open(int file) throws IOException {
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    return streams().open(file, files.get(file).location(), conf);
  }
}
