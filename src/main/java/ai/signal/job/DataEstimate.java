package ai.signal.job;

import ai.signal.data.BadRecords;
import ai.signal.data.DataException;
import ai.signal.data.DataSource;
import ai.signal.data.DataSpec;
import ai.signal.data.Examples;
import ai.signal.data.FileKind;
import ai.signal.data.InputFile;
import ai.signal.model.Tokenizer;
import ai.signal.storage.StorageFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;

/**
 * How much a data set on this machine holds, without Spark.
 *
 * @param examples lines that may be records
 * @param tokensPerExample the mean of at most {@link #SAMPLE} examples, spread over the files
 */
record DataEstimate(long examples, double tokensPerExample) {
  static final int SAMPLE = 1000;

  /**
   * Counts the lines of JSONL files and tokenizes some of them. Empty for what only Spark can read.
   *
   * @throws IOException when a file cannot be read
   */
  static Optional<DataEstimate> of(DataSpec data, JobModel model) throws IOException {
    if (!(data.source() instanceof DataSource.Files source)
        || !source.paths().stream().allMatch(Locations::isLocal)) {
      return Optional.empty();
    }
    Configuration conf = new Configuration();
    List<InputFile> files = InputFile.list(source.paths(), conf);
    if (source.kind().of(files) != FileKind.JSONL || data.selection().needsRows()) {
      return Optional.empty();
    }
    long lines = 0;
    for (InputFile file : files) {
      try (BufferedReader reader = open(file, conf)) {
        lines += reader.lines().filter(line -> !line.isBlank()).count();
      }
    }
    long stride = Math.max(1, (lines + SAMPLE - 1) / SAMPLE);
    long seen = 0;
    long counted = 0;
    long tokens = 0;
    try (Tokenizer tokenizer = Tokenizer.load(model.directory())) {
      Examples examples = new Examples(model.directory(), tokenizer, data.maxLength());
      for (InputFile file : files) {
        try (BufferedReader reader = open(file, conf)) {
          int number = 0;
          for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            if (!line.isBlank() && seen++ % stride == 0) {
              OptionalInt positions = positions(examples, line, data, file, number);
              tokens += positions.orElse(0);
              counted += positions.isPresent() ? 1 : 0;
            }
          }
        }
      }
    }
    return Optional.of(new DataEstimate(lines, (double) tokens / Math.max(1, counted)));
  }

  private static BufferedReader open(InputFile file, Configuration conf) throws IOException {
    return new BufferedReader(
        new InputStreamReader(StorageFiles.input(file.path(), conf), StandardCharsets.UTF_8));
  }

  /** Empty for a bad record that is left out. */
  private static OptionalInt positions(
      Examples examples, String line, DataSpec data, InputFile file, int number) {
    try {
      return OptionalInt.of(examples.positions(line, data));
    } catch (DataException e) {
      if (data.onBadRecord() != BadRecords.FAIL) {
        return OptionalInt.empty();
      }
      throw new DataException(
          "Cannot read %s, line %d: %s".formatted(file.location(), number, e.getMessage()));
    }
  }
}
