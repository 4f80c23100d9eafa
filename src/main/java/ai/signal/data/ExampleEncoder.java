package ai.signal.data;

import ai.signal.chat.ChatFormat;
import ai.signal.chat.ChatTemplateException;
import ai.signal.chat.Conversation;
import ai.signal.chat.Rendered;
import ai.signal.model.ModelFormatException;
import ai.signal.model.Tokenizer;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;

/** Records into weighted token sequences. */
final class ExampleEncoder {
  /** For templates that write the date: the same data is the same tokens on every day. */
  private static final LocalDateTime TODAY = LocalDateTime.of(2024, 7, 26, 0, 0);

  private final Tokenizer tokenizer;
  private final int eos;
  private final int maxLength;
  private final Path model;
  private ChatFormat chat; // null before the first conversation

  private ExampleEncoder(Path model, Tokenizer tokenizer, int maxLength) {
    this.tokenizer = tokenizer;
    this.eos = EosToken.of(model, tokenizer);
    this.maxLength = maxLength;
    this.model = model;
  }

  /**
   * For a model.
   *
   * @param model its directory
   */
  static ExampleEncoder of(Path model, Tokenizer tokenizer, int maxLength) {
    return new ExampleEncoder(model, tokenizer, maxLength);
  }

  /**
   * Text becomes the tokens that the model expects before it (such as BOS), its own and EOS; each
   * after the first is learnt. A completion is tokenized apart from its prompt, so that the prompt
   * has the tokens that sampling will give it. A preference becomes two sequences, the chosen
   * answer's first. A conversation becomes the text of the model's chat template; what the
   * assistant wrote in it is tokenized apart and learnt.
   *
   * @throws RecordException when the template refuses a conversation
   */
  List<Sequence> encode(TrainingRecord record) throws RecordException {
    if (record instanceof TrainingRecord.Messages messages) {
      return List.of(conversation(messages.conversation()));
    }
    if (record instanceof TrainingRecord.Preference pair) {
      return List.of(
          completion(pair.prompt(), pair.chosen()), completion(pair.prompt(), pair.rejected()));
    }
    if (record instanceof TrainingRecord.Completion pair) {
      return List.of(completion(pair.prompt(), pair.completion()));
    }
    int[] text = tokenizer.encodeWithSpecials(((TrainingRecord.Text) record).text());
    return List.of(sequence(Arrays.copyOf(text, text.length + 1), 0));
  }

  private Sequence conversation(Conversation conversation) throws RecordException {
    Rendered rendered;
    try {
      chat = chat == null ? ChatFormat.open(model).at(TODAY) : chat;
      rendered = chat.applyForTraining(conversation);
    } catch (ChatTemplateException e) {
      throw new RecordException(e.getMessage());
    } catch (ModelFormatException e) {
      throw new DataException("Cannot use messages: " + e.getMessage(), e);
    }
    int[] tokens = {};
    float[] learnt = {}; // of each token
    int at = 0;
    for (Rendered.Span span : rendered.generated()) {
      tokens = append(tokens, rendered.text().substring(at, span.start()));
      learnt = Arrays.copyOf(learnt, tokens.length);
      tokens = append(tokens, rendered.text().substring(span.start(), span.end()));
      int before = learnt.length;
      learnt = Arrays.copyOf(learnt, tokens.length);
      Arrays.fill(learnt, before, learnt.length, 1f);
      at = span.end();
    }
    tokens = append(tokens, rendered.text().substring(at));
    learnt = Arrays.copyOf(learnt, tokens.length);
    if (tokens.length < 2) {
      throw new RecordException("the chat template makes no text of 'messages'");
    }
    int length = Math.min(tokens.length, maxLength);
    return new Sequence(
        Arrays.copyOf(tokens, length),
        Arrays.copyOfRange(learnt, 1, length),
        length < tokens.length);
  }

  private int[] append(int[] tokens, String text) {
    int[] more = text.isEmpty() ? new int[0] : tokenizer.encode(text);
    int[] all = Arrays.copyOf(tokens, tokens.length + more.length);
    System.arraycopy(more, 0, all, tokens.length, more.length);
    return all;
  }

  private Sequence completion(String before, String learnt) {
    int[] prompt = tokenizer.encodeWithSpecials(before);
    int[] completion = tokenizer.encode(learnt);
    int[] tokens = Arrays.copyOf(prompt, prompt.length + completion.length + 1);
    System.arraycopy(completion, 0, tokens, prompt.length, completion.length);
    return sequence(tokens, prompt.length);
  }

  /**
   * @param tokens with room for EOS at the end
   * @param learntFrom the place of the first token that counts
   */
  private Sequence sequence(int[] tokens, int learntFrom) {
    tokens[tokens.length - 1] = eos;
    int length = Math.min(tokens.length, maxLength);
    float[] weights = new float[length - 1];
    // weights[i] is for the prediction of tokens[i + 1].
    Arrays.fill(weights, Math.min(weights.length, Math.max(0, learntFrom - 1)), weights.length, 1f);
    return new Sequence(
        length < tokens.length ? Arrays.copyOf(tokens, length) : tokens,
        weights,
        length < tokens.length);
  }

  /**
   * @param tokens all of them, [n + 1]
   * @param weights of the predictions of all but the first, [n]
   * @param truncated whether the record had more tokens than fit
   */
  @SuppressWarnings("ArrayRecordComponent") // Written to a lane file at once, never compared.
  record Sequence(int[] tokens, float[] weights, boolean truncated) {

    /** Whether any prediction counts. */
    boolean teaches() {
      for (float weight : weights) {
        if (weight > 0) {
          return true;
        }
      }
      return false;
    }
  }
}
