package ai.signal.data;

import ai.signal.chat.ChatFormat;
import ai.signal.model.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** Reads files of data as a task of a job does, without Spark. */
public final class DataUse {
  private DataUse() {}

  /** An example of a conversation and one of text, by a model's files. */
  public static void example(Path model) {
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      Examples examples = new Examples(model, tokenizer, 64);
      examples.of("<3> <4>");
      if (ChatFormat.isIn(model)) {
        examples.ofRecord(
            "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}");
      }
    }
  }

  /**
   * Every record of a file, encoded; the first that is bad is refused.
   *
   * @param format the name of a {@link DataFormat}
   */
  public static void records(Path file, String format, Path model) throws IOException {
    Configuration conf = new Configuration(false);
    conf.set("fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem");
    InputFile input = InputFile.list(List.of(file.toUri().toString()), conf).get(0);
    boolean array = JsonArray.isIn(input, conf);
    DataFormat given = DataFormat.ofSpec(format);
    RecordReader reader = new RecordReader(given, new DataFormat[] {given}, Map.of());
    String first = null;
    try (Tokenizer tokenizer = Tokenizer.load(model);
        RecordStream records =
            array
                ? JsonArray.open(0, input.location(), conf)
                : FileLines.open(0, input.location(), conf)) {
      ExampleEncoder encoder = ExampleEncoder.of(model, tokenizer, 64);
      for (Line line = records.next(); line != null; line = records.next()) {
        try {
          if (!line.isBlank()) {
            Tokenized.of(line, encoder.encode(reader.read(line)), new UnusedKeys());
          }
        } catch (RecordException e) {
          String fault =
              "Cannot read %s line %d: %s".formatted(file, records.number(), e.getMessage());
          first = first == null ? fault : first;
        }
      }
    }
    if (first != null) {
      throw new DataException(first);
    }
  }
}
