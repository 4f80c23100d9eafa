package ai.signal.job;

import ai.signal.data.BadRecords;
import ai.signal.data.DataException;
import ai.signal.data.DataSource;
import ai.signal.data.DataSpec;
import ai.signal.data.Examples;
import ai.signal.data.FileKind;
import ai.signal.data.InputFile;
import ai.signal.data.TextLines;
import ai.signal.model.Tokenizer;
import java.io.IOException;
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
      try (TextLines reader = TextLines.open(file, conf)) {
        while (reader.next() != null) {
          lines++;
        }
      }
    }
    long stride = Math.max(1, (lines + SAMPLE - 1) / SAMPLE);
    long seen = 0;
    long counted = 0;
    long tokens = 0;
    try (Tokenizer tokenizer = Tokenizer.load(model.directory())) {
      Examples examples = new Examples(model.directory(), tokenizer, data.maxLength());
      for (InputFile file : files) {
        try (TextLines reader = TextLines.open(file, conf)) {
          for (String line = reader.next(); line != null; line = reader.next()) {
            if (seen++ % stride == 0) {
              OptionalInt positions = positions(examples, line, data, file, reader);
              tokens += positions.orElse(0);
              counted += positions.isPresent() ? 1 : 0;
            }
          }
        }
      }
    }
    return Optional.of(new DataEstimate(lines, (double) tokens / Math.max(1, counted)));
  }

  /** Empty for a bad record that is skipped. */
  private static OptionalInt positions(
      Examples examples, String line, DataSpec data, InputFile file, TextLines lines) {
    try {
      if (lines.fault().isPresent()) {
        throw new DataException(lines.fault().get());
      }
      return OptionalInt.of(examples.positions(line, data));
    } catch (DataException e) {
      if (data.onBadRecord() != BadRecords.FAIL) {
        return OptionalInt.empty();
      }
      throw new DataException(
          "Cannot read %s line %d: %s".formatted(file.name(), lines.number(), e.getMessage()));
    }
  }
}
