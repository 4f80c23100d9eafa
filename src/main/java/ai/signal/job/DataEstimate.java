package ai.signal.job;

import ai.signal.data.DataException;
import ai.signal.data.DataFormat;
import ai.signal.data.Example;
import ai.signal.data.Examples;
import ai.signal.data.InputFile;
import ai.signal.model.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * How much a data set on this machine holds, without Spark.
 *
 * @param examples counted
 * @param tokensPerExample the mean of at most {@link #SAMPLE} examples, spread over the files
 */
record DataEstimate(long examples, double tokensPerExample) {
  static final int SAMPLE = 1000;

  /**
   * Counts the lines of JSONL files and tokenizes some of them.
   *
   * @param path a file, directory or glob of this machine
   * @param format of its records
   * @throws IOException when a file cannot be read
   */
  static DataEstimate of(String path, DataFormat format, int maxLength, JobModel model)
      throws IOException {
    Configuration conf = new Configuration();
    List<InputFile> files = InputFile.list(List.of(Locations.uri(path)), conf);
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
      Examples examples = new Examples(model.directory(), tokenizer, maxLength);
      for (InputFile file : files) {
        try (BufferedReader reader = open(file, conf)) {
          int number = 0;
          for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            if (!line.isBlank() && seen++ % stride == 0) {
              tokens += example(examples, line, format, file, number).length();
              counted++;
            }
          }
        }
      }
    }
    return new DataEstimate(lines, (double) tokens / Math.max(1, counted));
  }

  private static BufferedReader open(InputFile file, Configuration conf) throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            file.path().getFileSystem(conf).open(file.path()), StandardCharsets.UTF_8));
  }

  private static Example example(
      Examples examples, String line, DataFormat format, InputFile file, int number) {
    try {
      return examples.ofLine(line, format);
    } catch (DataException e) {
      throw new DataException(
          "Cannot read %s, line %d: %s".formatted(file.location(), number, e.getMessage()));
    }
  }
}
