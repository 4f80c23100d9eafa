package ai.signal.data;

import ai.signal.model.ModelSource;
import ai.signal.model.Tokenizer;
import java.nio.file.Path;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Parses and tokenizes the lines of a split, with a tokenizer that lives as long as the task. After
 * a line that is no record it makes nothing of the rest: the driver will report the first such line
 * and stop, so that a mistake in the data costs no retries.
 */
final class TokenizeLines implements JsonlFiles.SplitFunction<Tokenized> {
  private static final long serialVersionUID = 1L;

  private final String base;
  private final String tokenizerSha256;
  private final DataFormat format;
  private final int maxLength;

  /**
   * @param base the model whose tokenizer is used, for {@link ModelSource}
   * @param tokenizerSha256 what the driver found there
   */
  TokenizeLines(String base, String tokenizerSha256, DataSpec spec) {
    this.base = base;
    this.tokenizerSha256 = tokenizerSha256;
    this.format = spec.format();
    this.maxLength = spec.maxLength();
  }

  @Override
  public Function<Line, Tokenized> open() {
    return new Function<>() {
      private ExampleEncoder encoder;
      private DataFormat found;
      private boolean failed;

      @Override
      public Tokenized apply(Line line) {
        if (failed) {
          return null;
        }
        try {
          TrainingRecord record =
              TrainingRecord.of(JsonLine.parse(line.bytes(), line.length()), format);
          if (found != null && record.format() != found) {
            throw new RecordException(mixed(found));
          }
          found = record.format();
          encoder = encoder == null ? encoder() : encoder;
          return Tokenized.of(line, found, encoder.encode(record));
        } catch (RecordException e) {
          failed = true;
          return Tokenized.failed(line, e.getMessage());
        }
      }
    };
  }

  /** Why a record of the other format cannot follow one of {@code first} in a file. */
  static String mixed(DataFormat first) {
    return "the file mixes formats: before this line, %s".formatted(first.rule());
  }

  private ExampleEncoder encoder() {
    Path model = ModelSource.resolve(base);
    String here = LaneDigest.ofTokenizer(model);
    if (!here.equals(tokenizerSha256)) {
      throw new DataException(
          "Cannot tokenize: the tokenizer of %s differs between this host and the driver's (%s, %s)"
              .formatted(base, here, tokenizerSha256));
    }
    Tokenizer tokenizer = Tokenizer.load(model);
    TaskContext.get()
        .addTaskCompletionListener((TaskCompletionListener) context -> tokenizer.close());
    return ExampleEncoder.of(model, tokenizer, maxLength);
  }
}
