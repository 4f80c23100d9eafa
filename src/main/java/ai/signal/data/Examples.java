package ai.signal.data;

import ai.signal.model.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Makes examples out of texts, as the data reader does. */
public final class Examples {
  private final ExampleEncoder encoder;

  /**
   * @param model the model's directory
   * @param maxLength tokens after which a sequence is cut
   */
  public Examples(Path model, Tokenizer tokenizer, int maxLength) {
    this.encoder = ExampleEncoder.of(model, tokenizer, maxLength);
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

  /** A pair of answers to compare; of each only its own tokens and EOS count. */
  public Example of(String prompt, String chosen, String rejected) {
    return example(prompt, new TrainingRecord.Preference(prompt, chosen, rejected));
  }

  private Example example(String id, TrainingRecord record) {
    byte[] bytes;
    try {
      bytes = LaneFormat.encode(0, 0, encoder.encode(record));
    } catch (RecordException e) {
      throw new DataException("Cannot use example: " + e.getMessage());
    }
    Example example =
        LaneFormat.decode(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), List.of(""));
    return new Example(
        id,
        example.tokens(),
        example.targetTokens(),
        example.weights(),
        example.lengths(),
        example.inputs());
  }
}
