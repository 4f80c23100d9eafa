package ai.signal.data;

import ai.signal.model.ModelFormatException;
import ai.signal.model.Tokenizer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes examples out of texts, as the data reader does. */
public final class Examples {
  private final ExampleEncoder encoder;

  /**
   * @param model the model's directory
   * @param maxLength tokens after which a sequence is cut
   */
  public Examples(Path model, Tokenizer tokenizer, int maxLength) {
    ModelFormatException.requireLocation("model", model);
    this.encoder = ExampleEncoder.of(model, tokenizer, maxLength);
  }

  /**
   * The example of a record in any format.
   *
   * @throws DataException saying why it is no record
   */
  public Example ofRecord(String json) {
    byte[] line = json.getBytes(StandardCharsets.UTF_8);
    try {
      ObjectNode object = JsonLine.parse(line, line.length);
      return example("record", LineWork.of(() -> strict(object)));
    } catch (RecordException e) {
      throw new DataException("Cannot use record: " + e.getMessage());
    }
  }

  /** Reads a record that a program wrote: each of its fields has to mean something. */
  private static TrainingRecord strict(ObjectNode object) throws RecordException {
    UnusedKeys unused = new UnusedKeys();
    TokenFields.rename(object, DataFormat.AUTO);
    DataFormat format = format(object);
    TrainingRecord record = TrainingRecord.of(object, format, unused);
    for (String name : unused.names()) {
      throw new RecordException("'%s' is not a field here (%s)".formatted(name, format.rule()));
    }
    return record;
  }

  private static DataFormat format(ObjectNode object) throws RecordException {
    if (object.has("chosen") || object.has("rejected")) {
      return DataFormat.PREFERENCE;
    }
    boolean group = object.has("responses") || object.has("rewards");
    return group ? DataFormat.SCORED : Detected.in(object);
  }

  /**
   * The number of positions that a line of a JSON lines file makes; 0 where nothing is left to
   * learn.
   *
   * @throws DataException saying why the line is no record
   */
  public int positions(String json, DataSpec spec) {
    byte[] line = json.getBytes(StandardCharsets.UTF_8);
    RecordReader reader =
        new RecordReader(spec.format(), new DataFormat[1], spec.selection().fields());
    try {
      List<ExampleEncoder.Sequence> sequences =
          LineWork.of(() -> encoder.encode(reader.read(new Line(0, 0, line, line.length))));
      ExampleEncoder.require(spec.inputs(), sequences);
      boolean tooLong = sequences.stream().anyMatch(ExampleEncoder.Sequence::truncated);
      if (tooLong && spec.onLong() != LongExamples.TRUNCATE) {
        if (spec.onLong() == LongExamples.SKIP) {
          return 0;
        }
        throw new DataException(TokenizeLines.tooLong(spec.maxLength()));
      }
      return sequences.stream().mapToInt(sequence -> sequence.weights().length).sum();
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

  /**
   * Answers to a prompt, each with its advantage over the others; one as good as the mean is left
   * out.
   *
   * @param rewards of each response, finite
   * @throws DataException if all rewards are equal, which teaches nothing
   */
  public Example of(String prompt, List<String> responses, double[] rewards) {
    if (rewards.length != responses.size()) {
      throw new DataException(
          "Cannot use example: %d responses have %d rewards"
              .formatted(responses.size(), rewards.length));
    }
    List<TrainingRecord.Response> all = new ArrayList<>();
    for (int i = 0; i < rewards.length; i++) {
      all.add(new TrainingRecord.Response(responses.get(i), null, rewards[i], null));
    }
    return example(prompt, new TrainingRecord.Scored(prompt, all));
  }

  /**
   * What a model wrote behind a prompt, for losses of sampled tokens.
   *
   * @param id of the example
   * @param prompt its tokens, at least one
   * @param answer the tokens that were sampled
   * @param logprobs of each of them when it was sampled
   * @param advantage of each of them over what was to be expected
   */
  public static Example ofSampled(
      String id, int[] prompt, int[] answer, float[] logprobs, double advantage) {
    if (prompt.length == 0 || answer.length == 0 || answer.length != logprobs.length) {
      throw new DataException(
          "Cannot use example %s: %d prompt tokens, %d sampled tokens and %d logprobs; there must be some, and a logprob for each sampled token"
              .formatted(id, prompt.length, answer.length, logprobs.length));
    }
    int[] all = Arrays.copyOf(prompt, prompt.length + answer.length);
    System.arraycopy(answer, 0, all, prompt.length, answer.length);
    int n = all.length - 1;
    float[] weights = new float[n];
    float[] sampled = new float[n];
    float[] advantages = new float[n];
    int first = prompt.length - 1; // predicts the answer's first token
    Arrays.fill(weights, first, n, 1);
    Arrays.fill(advantages, first, n, (float) advantage);
    System.arraycopy(logprobs, 0, sampled, first, answer.length);
    return new Example(id, Arrays.copyOf(all, n), Arrays.copyOfRange(all, 1, n + 1), weights)
        .with("logprobs", sampled)
        .with("advantages", advantages);
  }

  private Example example(String id, TrainingRecord record) {
    byte[] bytes;
    try {
      List<ExampleEncoder.Sequence> sequences = encoder.encode(record);
      if (sequences.isEmpty()) {
        throw new DataException("Cannot use example: equal rewards teach nothing");
      }
      bytes = LaneFormat.encode(0, 0, "", sequences);
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
