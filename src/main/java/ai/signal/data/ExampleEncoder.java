package ai.signal.data;

import ai.signal.chat.ChatFormat;
import ai.signal.chat.ChatTemplateException;
import ai.signal.chat.Rendered;
import ai.signal.model.ModelConfig;
import ai.signal.model.ModelFormatException;
import ai.signal.model.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Records into weighted token sequences. */
final class ExampleEncoder {
  /** For templates that write the date: the same data is the same tokens on every day. */
  static final LocalDateTime TODAY = LocalDateTime.of(2024, 7, 26, 0, 0);

  private final Tokenizer tokenizer;
  private final int eos;
  private final int vocabSize;
  private final int maxLength;
  private final Path model;
  private ChatFormat chat; // null before the first conversation

  private ExampleEncoder(Path model, Tokenizer tokenizer, int maxLength) {
    this.tokenizer = tokenizer;
    this.eos = EosToken.of(model, tokenizer);
    this.vocabSize = vocabSize(model, tokenizer);
    EosToken.check(model, eos, vocabSize);
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

  /** The rows of a model's embedding. */
  static int vocabSize(Path model, Tokenizer tokenizer) {
    Path config = model.resolve("config.json");
    return Files.exists(config) ? ModelConfig.read(config).vocabSize() : tokenizer.vocabSize();
  }

  /**
   * Text becomes the tokens that the model expects before it (such as BOS), its own and EOS; each
   * after the first is learnt. A completion is tokenized apart from its prompt, so that the prompt
   * has the tokens that sampling will give it. A preference becomes two sequences, the chosen
   * answer's first. A conversation becomes the text of the model's chat template; what the
   * assistant wrote in it is tokenized apart and learnt. Token ids stay as they are. Of scored
   * answers each that differs from its group becomes a sequence with its advantage; there may be
   * none.
   *
   * @throws RecordException when the template refuses a conversation, or a token is not the model's
   */
  List<Sequence> encode(TrainingRecord record) throws RecordException {
    List<Sequence> sequences = sequences(record);
    for (Sequence sequence : sequences) {
      known(sequence.tokens());
    }
    return sequences;
  }

  private List<Sequence> sequences(TrainingRecord record) throws RecordException {
    if (record instanceof TrainingRecord.Messages messages) {
      return List.of(conversation(messages));
    }
    if (record instanceof TrainingRecord.Preference pair) {
      return List.of(
          completion(pair.prompt(), pair.chosen()), completion(pair.prompt(), pair.rejected()));
    }
    if (record instanceof TrainingRecord.Completion pair) {
      return List.of(completion(pair.prompt(), pair.completion()));
    }
    if (record instanceof TrainingRecord.Tokens tokens) {
      return List.of(tokens(tokens));
    }
    if (record instanceof TrainingRecord.Scored scored) {
      return scored(scored);
    }
    int[] text = tokenizer.encodeWithSpecials(((TrainingRecord.Text) record).text());
    return List.of(sequence(Arrays.copyOf(text, text.length + 1), 0));
  }

  /**
   * Nothing, where a record has what the loss reads.
   *
   * @throws RecordException otherwise
   */
  static void require(Set<String> inputs, List<Sequence> sequences) throws RecordException {
    for (String input : inputs) {
      if (sequences.stream().anyMatch(sequence -> !sequence.inputs().containsKey(input))) {
        throw new RecordException("'%s' is missing, which the loss needs".formatted(input));
      }
    }
  }

  private Sequence conversation(TrainingRecord.Messages record) throws RecordException {
    Rendered rendered;
    try {
      chat = chat == null ? ChatFormat.open(model).at(TODAY) : chat;
      Optional<String> unread =
          record.anyKeys() ? Optional.empty() : chat.unreadKey(record.conversation());
      if (unread.isPresent()) {
        throw new RecordException(
            "'messages' has the key '%s', which the chat template does not read (data.fields makes unknown keys ignored)"
                .formatted(unread.get()));
      }
      rendered = chat.applyForTraining(record.conversation());
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

  private Sequence tokens(TrainingRecord.Tokens record) throws RecordException {
    known(record.ids(), "'token_ids'");
    if (record.ids().length < 2) {
      throw new RecordException(
          "'token_ids' has %d tokens: at least 2 are needed to predict one"
              .formatted(record.ids().length));
    }
    int length = Math.min(record.ids().length, maxLength);
    return new Sequence(
        Arrays.copyOf(record.ids(), length),
        Arrays.copyOfRange(record.weights(), 1, length),
        length < record.ids().length);
  }

  private void known(int[] ids, String name) throws RecordException {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] >= vocabSize) {
        throw new RecordException(
            "%s has %d at %d, but the model's vocabulary has %d"
                .formatted(name, ids[i], i, vocabSize));
      }
    }
  }

  /** Special tokens that a text spells out may have ids beyond the rows of the embedding. */
  private void known(int[] ids) throws RecordException {
    for (int id : ids) {
      if (id >= vocabSize) {
        throw new RecordException(
            "its text has token %d, but the model's vocabulary has %d".formatted(id, vocabSize));
      }
    }
  }

  private List<Sequence> scored(TrainingRecord.Scored record) throws RecordException {
    List<TrainingRecord.Response> responses = record.responses();
    double[] advantages =
        GroupAdvantages.of(
            responses.stream().mapToDouble(TrainingRecord.Response::reward).toArray(), true);
    int[] prompt = tokenizer.encodeWithSpecials(record.prompt());
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < advantages.length; i++) {
      int[] answer = answer(responses.get(i), i);
      Sequence sequence = answer(prompt, answer, responses.get(i).logprobs(), advantages[i]);
      if (advantages[i] != 0 && sequence.teaches()) {
        sequences.add(sequence);
      }
    }
    return sequences;
  }

  /** The tokens of an answer: EOS ends a text, unless it was sampled without. */
  private int[] answer(TrainingRecord.Response response, int index) throws RecordException {
    int[] answer = response.ids();
    if (answer != null) {
      known(answer, "'responses.%d'".formatted(index));
    } else {
      answer = tokenizer.encode(response.text());
      if (response.logprobs() == null || response.logprobs().length == answer.length + 1) {
        answer = Arrays.copyOf(answer, answer.length + 1);
        answer[answer.length - 1] = eos;
      }
    }
    if (response.logprobs() != null && response.logprobs().length != answer.length) {
      throw new RecordException(
          "'logprobs.%d' has %d values for %d tokens of 'responses.%d' (give the token ids that were sampled)"
              .formatted(index, response.logprobs().length, answer.length, index));
    }
    return answer;
  }

  /**
   * @param logprobs of the answer's tokens, or null
   */
  private Sequence answer(int[] prompt, int[] answer, float[] logprobs, double advantage) {
    int[] tokens = Arrays.copyOf(prompt, prompt.length + answer.length);
    System.arraycopy(answer, 0, tokens, prompt.length, answer.length);
    int length = Math.min(tokens.length, maxLength);
    int n = Math.max(0, length - 1);
    float[] weights = new float[n];
    float[] advantages = new float[n];
    float[] sampled = new float[n];
    for (int i = Math.max(0, prompt.length - 1); i < n; i++) { // i predicts token i + 1
      weights[i] = 1;
      advantages[i] = (float) advantage;
      sampled[i] = logprobs == null ? 0 : logprobs[i + 1 - prompt.length];
    }
    return new Sequence(
        Arrays.copyOf(tokens, length),
        weights,
        length < tokens.length,
        logprobs == null
            ? Map.of("advantages", advantages)
            : Map.of("advantages", advantages, "logprobs", sampled));
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
   * @param inputs of a loss, by the names of {@link LaneFormat#INPUTS}, [n] each
   */
  @SuppressWarnings("ArrayRecordComponent") // Written to a lane file at once, never compared.
  record Sequence(int[] tokens, float[] weights, boolean truncated, Map<String, float[]> inputs) {

    Sequence(int[] tokens, float[] weights, boolean truncated) {
      this(tokens, weights, truncated, Map.of());
    }

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
