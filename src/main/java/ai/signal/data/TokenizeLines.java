package ai.signal.data;

import ai.signal.model.ModelSource;
import ai.signal.model.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Parses and tokenizes the lines of a split, with a tokenizer that lives as long as the task. Where
 * a bad record ends the preparation it makes nothing of the rest: the driver will report the first
 * such line and stop, so that a mistake in the data costs no retries.
 */
final class TokenizeLines implements Records.SplitFunction<Tokenized> {
  private static final long serialVersionUID = 1L;

  private final String base;
  private final String tokenizerSha256;
  private final RecordReader reader;
  private final int maxLength;
  private final LongExamples onLong;
  private final boolean fails;
  private final TreeSet<String> inputs;

  /**
   * @param base the model whose tokenizer is used, for {@link ModelSource}
   * @param tokenizerSha256 what the driver found there
   * @param reader of the lines
   */
  TokenizeLines(String base, String tokenizerSha256, DataSpec spec, RecordReader reader) {
    this.base = base;
    this.tokenizerSha256 = tokenizerSha256;
    this.reader = reader;
    this.maxLength = spec.maxLength();
    this.onLong = spec.onLong();
    this.inputs = new TreeSet<>(spec.inputs());
    this.fails = spec.onBadRecord() == BadRecords.FAIL;
  }

  @Override
  public Function<Line, Tokenized> open() {
    return new Function<>() {
      private ExampleEncoder encoder;
      private boolean failed;

      @Override
      public Tokenized apply(Line line) {
        if (failed && fails) {
          return null;
        }
        try {
          UnusedKeys unused = new UnusedKeys();
          TrainingRecord record = LineWork.of(() -> reader.read(line, unused));
          encoder = encoder == null ? encoder() : encoder;
          return LineWork.of(() -> tokenized(line, record, unused));
        } catch (RecordException e) {
          failed = true;
          return Tokenized.failed(line, e.getMessage());
        }
      }

      private Tokenized tokenized(Line line, TrainingRecord record, UnusedKeys unused)
          throws RecordException {
        List<ExampleEncoder.Sequence> sequences = encoder.encode(record, unused);
        ExampleEncoder.require(inputs, sequences);
        boolean tooLong = sequences.stream().anyMatch(ExampleEncoder.Sequence::truncated);
        if (tooLong && onLong == LongExamples.FAIL) {
          return Tokenized.tooLong(line, tooLong(maxLength));
        }
        return tooLong && onLong == LongExamples.SKIP
            ? Tokenized.skipped(line)
            : Tokenized.of(line, sequences, unused);
      }
    };
  }

  /** The reason why a record cannot be used that is too long. */
  static String tooLong(int maxLength) {
    return "it has more than max_length = %,d tokens; data.on_long can be truncate or skip"
        .formatted(maxLength);
  }

  private ExampleEncoder encoder() {
    Path model = model(base, tokenizerSha256);
    return ExampleEncoder.of(model, tokenizerOfTask(model), maxLength);
  }

  /**
   * The directory of a model on this host.
   *
   * @throws DataException if its tokenizer is not the driver's
   */
  static Path model(String base, String tokenizerSha256) {
    Path model = ModelSource.resolve(base);
    String here = LaneDigest.ofTokenizer(model);
    if (!here.equals(tokenizerSha256)) {
      throw DataException.ofTheRun(
          "Cannot tokenize: the tokenizer of %s differs between this host and the driver's (%s, %s)"
              .formatted(base, here, tokenizerSha256));
    }
    return model;
  }

  /** A tokenizer that is closed when the current task ends. */
  static Tokenizer tokenizerOfTask(Path model) {
    Tokenizer tokenizer = Tokenizer.load(model);
    TaskContext.get()
        .addTaskCompletionListener((TaskCompletionListener) context -> tokenizer.close());
    return tokenizer;
  }
}
