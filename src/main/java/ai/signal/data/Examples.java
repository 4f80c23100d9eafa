package ai.signal.data;

import ai.signal.model.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Makes examples out of texts, as the data reader does. */
public final class Examples {
  private final ExampleEncoder encoder;

  /**
   * @param model the model's directory
   * @param maxLength tokens after which a sequence is cut
   */
  public Examples(Path model, Tokenizer tokenizer, int maxLength) {
    this.encoder = new ExampleEncoder(tokenizer, EosToken.of(model, tokenizer), maxLength);
  }

  /**
   * The example of a line of a JSON lines file.
   *
   * @throws DataException saying why the line is no record
   */
  public Example ofLine(String json, DataFormat format) {
    byte[] line = json.getBytes(StandardCharsets.UTF_8);
    try {
      return example("line", TrainingRecord.of(JsonLine.parse(line, line.length), format));
    } catch (RecordException e) {
      throw new DataException(e.getMessage());
    }
  }

  /** Only the completion and EOS count; the prompt weighs 0. */
  public Example of(String prompt, String completion) {
    return example(prompt, new TrainingRecord.Completion(prompt, completion));
  }

  /** Every token after the first counts. */
  public Example of(String text) {
    return example(text, new TrainingRecord.Text(text));
  }

  private Example example(String id, TrainingRecord record) {
    ExampleEncoder.Sequence sequence = encoder.encode(record);
    int n = sequence.weights().length;
    int[] tokens = sequence.tokens();
    return new Example(
        id, Arrays.copyOf(tokens, n), Arrays.copyOfRange(tokens, 1, n + 1), sequence.weights());
  }
}
