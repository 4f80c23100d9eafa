package ai.signal.data;

import ai.signal.chat.Conversation;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

  /**
   * A conversation, of which the turns of the assistant are learnt.
   *
   * @param anyKeys whether keys of messages that the chat template does not read are ignored; else
   *     they make the record bad
   */
  record Messages(Conversation conversation, boolean anyKeys) implements TrainingRecord {}

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

  /** The record in {@code object}, whose fields must be exactly those of {@code format}. */
  static TrainingRecord of(ObjectNode object, DataFormat format) throws RecordException {
    TokenFields.rename(object);
    DataFormat actual = format == DataFormat.AUTO ? detect(object) : format;
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!actual.fields().contains(name)
          && !actual.optional().contains(name)
          && !(actual == DataFormat.SHAREGPT && name.equals("id"))) {
        throw new RecordException("'%s' is not a field here (%s)".formatted(name, format.rule()));
      }
    }
    for (String field : actual.fields()) {
      if (!object.has(field)) {
        throw new RecordException("'%s' is missing (%s)".formatted(field, format.rule()));
      }
    }
    return switch (actual) {
      case TEXT -> new Text(learnt(object, "text"));
      case PREFERENCE ->
          new Preference(
              JsonLine.string(object, "prompt"),
              learnt(object, "chosen"),
              learnt(object, "rejected"));
      case MESSAGES -> MessageFields.messages(object);
      case TOKENS -> TokenFields.tokens(object);
      case SCORED -> ScoredFields.scored(object);
      case SHAREGPT -> ShareGptFields.messages(object);
      case ALPACA -> new Completion(instruction(object), learnt(object, "output"));
      default -> new Completion(JsonLine.string(object, "prompt"), learnt(object, "completion"));
    };
  }

  /** The format of this record, never AUTO. */
  default DataFormat format() {
    if (this instanceof Text) {
      return DataFormat.TEXT;
    }
    if (this instanceof Messages) {
      return DataFormat.MESSAGES;
    }
    if (this instanceof Tokens) {
      return DataFormat.TOKENS;
    }
    if (this instanceof Scored) {
      return DataFormat.SCORED;
    }
    return this instanceof Preference ? DataFormat.PREFERENCE : DataFormat.PROMPT_COMPLETION;
  }

  private static DataFormat detect(ObjectNode object) throws RecordException {
    boolean text = object.has("text");
    boolean completion = object.has("prompt") || object.has("completion");
    if (object.has("chosen") || object.has("rejected")) {
      throw new RecordException(
          "it has 'chosen' or 'rejected': format preference, which losses dpo and reward learn (%s)"
              .formatted(DataFormat.AUTO.rule()));
    }
    if (object.has("responses") || object.has("rewards")) {
      throw new RecordException(
          "it has 'responses' or 'rewards': format scored, which losses on sampled tokens learn (%s)"
              .formatted(DataFormat.AUTO.rule()));
    }
    if (object.has("messages") && !text && !completion) {
      return DataFormat.MESSAGES;
    }
    if (object.has("token_ids") && !text && !completion) {
      return DataFormat.TOKENS;
    }
    if (object.has("conversations") && !text && !completion) {
      return DataFormat.SHAREGPT;
    }
    if (object.has("instruction") && object.has("output") && !text && !completion) {
      return DataFormat.ALPACA;
    }
    if (text && completion) {
      throw new RecordException(
          "it mixes 'text' with 'prompt' or 'completion' (%s)".formatted(DataFormat.AUTO.rule()));
    }
    if (!text && !completion) {
      String names =
          String.join("', '", object.properties().stream().map(e -> e.getKey()).toList());
      throw new RecordException(
          object.isEmpty()
              ? "it has no fields (%s)".formatted(DataFormat.AUTO.rule())
              : "it has only '%s' (%s)".formatted(names, DataFormat.AUTO.rule()));
    }
    return text ? DataFormat.TEXT : DataFormat.PROMPT_COMPLETION;
  }

  /** Alpaca's instruction, and on the next line its input, where that is not empty. */
  static String instruction(ObjectNode object) throws RecordException {
    String input = object.hasNonNull("input") ? JsonLine.string(object, "input") : "";
    String instruction = JsonLine.string(object, "instruction");
    return input.isEmpty() ? instruction : instruction + "\n" + input;
  }

  private static String learnt(ObjectNode object, String field) throws RecordException {
    String text = JsonLine.string(object, field);
    if (text.isEmpty()) {
      throw new RecordException("'%s' is empty, which leaves nothing to learn".formatted(field));
    }
    return text;
  }
}
