package ai.signal.data;

import ai.signal.chat.Conversation;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A record to learn from, as its file has it. */
sealed interface TrainingRecord {
  /** Text whose every token is learnt. */
  record Text(String text) implements TrainingRecord {}

  /** A completion that is learnt given its prompt, which may be empty. */
  record Completion(String prompt, String completion) implements TrainingRecord {}

  /** Two answers to a prompt, of which one is preferred. */
  record Preference(String prompt, String chosen, String rejected) implements TrainingRecord {}

  /** A conversation, of which the turns of the assistant are learnt. */
  record Messages(Conversation conversation) implements TrainingRecord {}

  /** Two conversations with the same beginning, of which one is preferred. */
  record ChatPreference(Messages chosen, Messages rejected) implements TrainingRecord {}

  /**
   * Tokens as they are.
   *
   * @param ids [n]
   * @param weights of predicting each of them, [n]
   */
  @SuppressWarnings("ArrayRecordComponent") // encoded at once, never compared
  record Tokens(int[] ids, float[] weights) implements TrainingRecord {}

  /** Answers to a prompt and what they were worth. */
  record Scored(String prompt, List<Response> responses) implements TrainingRecord {}

  /**
   * One of several answers.
   *
   * @param text of it; null where its tokens are given
   * @param ids its tokens as they were sampled, [n]; null where its text is given
   * @param logprobs of its tokens when they were sampled, [n]; null where they are not known
   */
  @SuppressWarnings("ArrayRecordComponent") // encoded at once, never compared
  record Response(String text, int[] ids, double reward, float[] logprobs) {}

  /**
   * The record in {@code object}.
   *
   * @param format that it has, not AUTO
   * @param unused gets the names that are no fields of it
   */
  static TrainingRecord of(ObjectNode object, DataFormat format, UnusedKeys unused)
      throws RecordException {
    TokenFields.rename(object, format);
    List<String> known = known(object, format);
    List<String> absent = known.stream().filter(field -> !object.has(field)).toList();
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        UnusedKeys.refuseTypingError(name, absent, format.rule());
        unused.add(name);
      }
    }
    for (String field : format.fields()) {
      if (!object.has(field)) {
        throw new RecordException("'%s' is missing (%s)".formatted(field, format.rule()));
      }
    }
    return switch (format) {
      case TEXT -> new Text(learnt(object, "text"));
      case PREFERENCE -> PairFields.preference(object);
      case MESSAGES -> MessageFields.messages(object);
      case TOKENS -> TokenFields.tokens(object);
      case SCORED -> ScoredFields.scored(object);
      case SHAREGPT -> ShareGptFields.messages(object);
      case ALPACA -> new Completion(instruction(object), learnt(object, "output"));
      case PROMPT_COMPLETION -> PairFields.completion(object);
      case AUTO -> throw new IllegalArgumentException("AUTO is no format of a record");
    };
  }

  /** The fields that a record of a format may have. */
  private static List<String> known(ObjectNode object, DataFormat format) {
    List<String> known = new ArrayList<>(format.fields());
    known.addAll(format.optional());
    boolean pair = format == DataFormat.PROMPT_COMPLETION || format == DataFormat.PREFERENCE;
    if (pair && !PairFields.hasList(object)) {
      known.remove("tools"); // texts are not rendered
    }
    return known;
  }

  /** Alpaca's instruction, and on the next line its input, where that is not empty. */
  static String instruction(ObjectNode object) throws RecordException {
    String input = object.hasNonNull("input") ? JsonLine.string(object, "input") : "";
    String instruction = JsonLine.string(object, "instruction");
    return input.isEmpty() ? instruction : instruction + "\n" + input;
  }

  /** A text that may not be empty. */
  static String learnt(ObjectNode object, String field) throws RecordException {
    String text = JsonLine.string(object, field);
    if (text.isEmpty()) {
      throw new RecordException("'%s' is empty, which leaves nothing to learn".formatted(field));
    }
    return text;
  }
}
