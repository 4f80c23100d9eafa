package ai.signal.data;

import ai.signal.model.Tokenizer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Reads the prompts of the lines of a split. Where the prompts are evaluated, the examples of the
 * same records decide which of them are bad or too long.
 */
final class ReadPrompts implements Records.SplitFunction<PromptLine> {
  private static final long serialVersionUID = 1L;

  private final String base;
  private final String tokenizerSha256;
  private final DataFormat format;
  private final TreeMap<String, String> fields;
  private final RecordUse use;
  private final TokenizeLines examples; // null where the prompts are not evaluated

  /**
   * @param base the model whose tokenizer and chat template are used
   * @param tokenizerSha256 of the tokenizer on the driver
   * @param examples makes the examples of records that are evaluated; else null
   */
  ReadPrompts(String base, String tokenizerSha256, DataSpec spec, TokenizeLines examples) {
    this.base = base;
    this.tokenizerSha256 = tokenizerSha256;
    this.format = spec.format();
    this.fields = new TreeMap<>(spec.selection().fields());
    this.use = examples == null ? RecordUse.SAMPLING : RecordUse.EVALUATION;
    this.examples = examples;
  }

  @Override
  public Function<Line, PromptLine> open() {
    Function<Line, Tokenized> example = examples == null ? null : examples.open();
    return new Function<>() {
      private PromptTokens encoder;

      @Override
      public PromptLine apply(Line line) {
        try {
          if (example == null && line.fault() != null) {
            throw new RecordException(line.fault());
          }
          if (example != null) {
            Tokenized tokenized = example.apply(line);
            if (tokenized == null || tokenized.isSkipped()) {
              return null;
            }
            if (tokenized.failure != null) {
              return PromptLine.failed(line, tokenized.failure);
            }
          }
          return LineWork.of(() -> prompt(line));
        } catch (RecordException e) {
          return PromptLine.failed(line, e.getMessage());
        }
      }

      private PromptLine prompt(Line line) throws RecordException {
        Optional<PromptRecord> record =
            PromptFields.read(JsonLine.parse(line.bytes(), line.length()), format, fields, use);
        if (record.isEmpty()) {
          return null;
        }
        encoder = encoder == null ? encoder() : encoder;
        String text = encoder.text(record.get());
        return PromptLine.of(line, record.get(), text, encoder.tokens(record.get(), text));
      }
    };
  }

  private PromptTokens encoder() {
    Path model = TokenizeLines.model(base, tokenizerSha256);
    Tokenizer tokenizer = TokenizeLines.tokenizerOfTask(model);
    return new PromptTokens(model, tokenizer);
  }
}
