package ai.signal.data;

import ai.signal.chat.ChatFormat;
import ai.signal.chat.ChatTemplateException;
import ai.signal.chat.Conversation;
import ai.signal.chat.EncodedConversation;
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
import java.util.Set;

/** Records into weighted token sequences. */
final class ExampleEncoder {
  /** For templates that write the date: the same data is the same tokens on every day. */
  static final LocalDateTime TODAY = LocalDateTime.of(2024, 7, 26, 0, 0);

  private final Tokenizer tokenizer;
  private final int eos;
  private final int bos; // that templates write; -1: none
  private final int vocabSize;
  private final int maxLength;
  private final Path model;
  private ChatFormat chat; // null before the first conversation

  private ExampleEncoder(Path model, Tokenizer tokenizer, int maxLength) {
    this.tokenizer = tokenizer;
    this.eos = EosToken.of(model, tokenizer);
    this.vocabSize = vocabSize(model, tokenizer);
    EosToken.check(model, eos, vocabSize);
    this.bos = bos(model, tokenizer);
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

  /** The id of the BOS that templates write; -1: none. */
  static int bos(Path model, Tokenizer tokenizer) {
    String token = ChatFormat.specialTokens(model).get("bos_token");
    int[] ids = token == null ? new int[0] : tokenizer.encode(token);
    return ids.length == 1 ? ids[0] : -1;
  }

  /** The rows of a model's embedding. */
  static int vocabSize(Path model, Tokenizer tokenizer) {
    Path config = model.resolve("config.json");
    return Files.exists(config) ? ModelConfig.read(config).vocabSize() : tokenizer.vocabSize();
  }

  /**
   * Encodes a record. A text becomes the tokens that the model expects before it (such as BOS), its
   * own and EOS; each after the first is learnt. BOS and EOS that the text spells out there are not
   * added a second time. A prompt has the tokens that sampling gives it, and its completion those
   * that follow them ({@link Tokenizer#encodeAfter}). A preference becomes two sequences, the
   * chosen answer's first. A conversation becomes the text of the model's chat template, encoded as
   * a whole without adding tokens; those with a character that the assistant wrote are learnt.
   * Token ids stay as they are. Scored answers become a sequence each, with its advantage, except
   * those whose reward equals the mean of their group, so there may be no sequence at all.
   *
   * @throws RecordException when the template refuses a conversation, or a token is not the model's
   */
  List<Sequence> encode(TrainingRecord record) throws RecordException {
    return encode(record, new UnusedKeys());
  }

  /**
   * As {@link #encode(TrainingRecord)}.
   *
   * @param unused gets the keys of messages that the chat template does not read
   */
  List<Sequence> encode(TrainingRecord record, UnusedKeys unused) throws RecordException {
    List<Sequence> sequences = sequences(record, unused);
    for (Sequence sequence : sequences) {
      known(sequence.tokens());
    }
    return sequences;
  }

  private List<Sequence> sequences(TrainingRecord record, UnusedKeys unused)
      throws RecordException {
    if (record instanceof TrainingRecord.Messages messages) {
      return List.of(conversation(messages, unused));
    }
    if (record instanceof TrainingRecord.ChatPreference pair) {
      return List.of(conversation(pair.chosen(), unused), conversation(pair.rejected(), unused));
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
    String text = ((TrainingRecord.Text) record).text();
    int[] tokens = tokenizer.encodeWithSpecials(text);
    // BOS alone, which some models also use as EOS, is not the end of an empty text.
    return List.of(sequence(text.isEmpty() ? appended(tokens, eos) : withEos(tokens), 0));
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

  private Sequence conversation(TrainingRecord.Messages record, UnusedKeys unused)
      throws RecordException {
    Rendered rendered;
    try {
      chat = chat == null ? ChatFormat.open(model).at(TODAY) : chat;
      unused(chat, record.conversation(), unused);
      rendered = chat.applyForTraining(record.conversation());
    } catch (ChatTemplateException e) {
      throw new RecordException(e.getMessage());
    } catch (ModelFormatException e) {
      throw new DataException("Cannot use messages: " + e.getMessage(), e);
    }
    EncodedConversation encoded = rendered.encode(tokenizer).once(bos, eos);
    int[] tokens = encoded.ids();
    if (tokens.length < 2) {
      throw new RecordException("the chat template makes no text of 'messages'");
    }
    int length = Math.min(tokens.length, maxLength);
    float[] weights = new float[length - 1]; // weights[i] is for the prediction of tokens[i + 1]
    for (int i = 0; i < weights.length; i++) {
      weights[i] = encoded.learnt()[i + 1] ? 1 : 0;
    }
    return new Sequence(Arrays.copyOf(tokens, length), weights, length < tokens.length);
  }

  private static void unused(ChatFormat chat, Conversation conversation, UnusedKeys unused)
      throws RecordException {
    for (String key : chat.unreadKeys(conversation)) {
      UnusedKeys.refuseTypingError(
          key,
          ChatFormat.messageKeys(),
          "messages have 'role', 'content' and what their template reads");
      unused.add("messages." + key);
    }
  }

  private Sequence completion(String before, String learnt) {
    int[] prompt = tokenizer.encodeWithSpecials(before);
    int[] completion = withEos(tokenizer.encodeAfter(before, learnt));
    int[] tokens = Arrays.copyOf(prompt, prompt.length + completion.length);
    System.arraycopy(completion, 0, tokens, prompt.length, completion.length);
    return sequence(tokens, prompt.length);
  }

  /** The tokens with EOS at the end; a text that spells it out there has it once. */
  private int[] withEos(int[] tokens) {
    return endsWithEos(tokens) ? tokens : appended(tokens, eos);
  }

  private boolean endsWithEos(int[] tokens) {
    return tokens.length > 0 && tokens[tokens.length - 1] == eos;
  }

  private static int[] appended(int[] tokens, int token) {
    int[] all = Arrays.copyOf(tokens, tokens.length + 1);
    all[tokens.length] = token;
    return all;
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
      int[] answer = answer(record.prompt(), responses.get(i), i);
      Sequence sequence = answer(prompt, answer, responses.get(i).logprobs(), advantages[i]);
      if (advantages[i] != 0 && sequence.teaches()) {
        sequences.add(sequence);
      }
    }
    return sequences;
  }

  /** The tokens of an answer: EOS ends a text, unless it was sampled without. */
  private int[] answer(String prompt, TrainingRecord.Response response, int index)
      throws RecordException {
    int[] answer = response.ids();
    if (answer != null) {
      known(answer, "'responses.%d'".formatted(index));
    } else {
      answer = tokenizer.encodeAfter(prompt, response.text());
      if (response.logprobs() == null || response.logprobs().length == answer.length + 1) {
        answer = withEos(answer);
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
   * @param learntFrom the place of the first token that counts
   */
  private Sequence sequence(int[] tokens, int learntFrom) {
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
