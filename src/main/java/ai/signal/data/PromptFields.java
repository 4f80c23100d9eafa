package ai.signal.data;

import ai.signal.chat.Conversation;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Records of which a prompt is read: those of training with a prompt, complete or not. */
final class PromptFields {
  private static final String RULE =
      "a record has 'prompt', and 'completion' if one is expected, or 'messages', or"
          + " 'conversations', or 'instruction'";

  /** The formats with a prompt, each with the field that a record of it must have. */
  private static final Map<DataFormat, String> REQUIRED =
      Map.of(
          DataFormat.PROMPT_COMPLETION, "prompt",
          DataFormat.MESSAGES, "messages",
          DataFormat.SHAREGPT, "conversations",
          DataFormat.ALPACA, "instruction");

  /** The order in which they are looked for. */
  private static final List<DataFormat> FORMATS =
      List.of(
          DataFormat.PROMPT_COMPLETION,
          DataFormat.MESSAGES,
          DataFormat.SHAREGPT,
          DataFormat.ALPACA);

  private PromptFields() {}

  /** The formats that records with prompts may have. */
  static List<DataFormat> formats() {
    return FORMATS;
  }

  /**
   * The format of rows.
   *
   * @throws DataException if the columns hold no prompt
   */
  static DataFormat format(DataSpec spec, List<String> columns) {
    return detect(spec.format(), spec.selection().fields(), columns::contains)
        .orElseThrow(
            () ->
                new DataException(
                    "Cannot read %s with the columns %s: %s (prompts.fields gives fields other names)"
                        .formatted(
                            spec.name(), String.join(", ", columns), missing(spec.format()))));
  }

  private static Optional<DataFormat> detect(
      DataFormat given, Map<String, String> names, Predicate<String> has) {
    Predicate<DataFormat> there = format -> source(REQUIRED.get(format), names).isIn(has);
    List<DataFormat> all =
        FORMATS.stream().filter(format -> given == DataFormat.AUTO || given == format).toList();
    // As in training, a format whose fields are all there goes before a prompt alone.
    Predicate<DataFormat> whole =
        format -> format.fields().stream().allMatch(field -> source(field, names).isIn(has));
    return all.stream()
        .filter(format -> names.containsKey(REQUIRED.get(format)))
        .filter(there)
        .findFirst()
        .or(() -> all.stream().filter(whole).findFirst())
        .or(() -> all.stream().filter(there).findFirst());
  }

  private static String missing(DataFormat format) {
    return format == DataFormat.AUTO ? RULE : "there is no '%s'".formatted(REQUIRED.get(format));
  }

  /**
   * Reads a record.
   *
   * @param given the format, or AUTO
   * @param names of fields in the data, where they have others
   * @param use EVALUATION takes the last turn of the assistant as the expected completion wherever
   *     it stands; SAMPLING only where it ends the conversation
   * @return empty where an evaluated record has no prompt, or nothing before that turn
   */
  static Optional<PromptRecord> read(
      ObjectNode object, DataFormat given, Map<String, String> names, RecordUse use)
      throws RecordException {
    Optional<DataFormat> format = detect(given, names, object::has);
    if (format.isEmpty() && use == RecordUse.EVALUATION) {
      return Optional.empty(); // a text, or tokens
    }
    if (format.isEmpty()) {
      String has =
          String.join("', '", object.properties().stream().map(Map.Entry::getKey).toList());
      throw new RecordException(
          (object.isEmpty() ? "it has no fields" : "it has only '%s'".formatted(has))
              + " (%s)".formatted(missing(given)));
    }
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      JsonLine.requireUnicode(object.textNode(field.getKey()), field.getKey());
      JsonLine.requireUnicode(field.getValue(), field.getKey());
    }
    ObjectNode fields = object.objectNode();
    ObjectNode columns = object.deepCopy();
    boolean chat = isChat(object, format.get(), names);
    for (String field : fields(format.get(), chat)) {
      FieldSource source = source(field, names);
      if (source.isIn(object::has)) {
        fields.set(field, source.value(object, true));
        columns.remove(source.columns());
      }
    }
    return switch (format.get()) {
      case MESSAGES -> turns(fields, columns, use);
      case SHAREGPT -> turns(ShareGptFields.record(fields), columns, use);
      case ALPACA ->
          Optional.of(
              new PromptRecord(
                  TrainingRecord.instruction(fields), null, string(fields, "output"), columns));
      default ->
          chat
              ? prompt(fields, columns, use)
              : Optional.of(
                  new PromptRecord(
                      JsonLine.string(fields, "prompt"),
                      null,
                      string(fields, "completion"),
                      columns));
    };
  }

  private static boolean isChat(ObjectNode object, DataFormat format, Map<String, String> names) {
    return format == DataFormat.PROMPT_COMPLETION
        && Stream.of("prompt", "completion")
            .anyMatch(field -> object.path(names.getOrDefault(field, field)).isArray());
  }

  private static FieldSource source(String field, Map<String, String> names) {
    return FieldSource.of(names.getOrDefault(field, field));
  }

  private static List<String> fields(DataFormat format, boolean chat) {
    List<String> fields = RowFormat.fields(format);
    if (format == DataFormat.PROMPT_COMPLETION && !chat) {
      fields.remove("tools"); // texts are not rendered
    }
    return fields;
  }

  private static String string(ObjectNode fields, String field) throws RecordException {
    return fields.hasNonNull(field) ? JsonLine.string(fields, field) : null;
  }

  /** A prompt and a completion of which one is a list of messages. */
  private static Optional<PromptRecord> prompt(ObjectNode fields, ObjectNode columns, RecordUse use)
      throws RecordException {
    List<Map<String, Object>> messages = PairFields.prompt(fields);
    MessageFields.requireRoles(messages, "prompt");
    if (fields.path("completion").isArray()) {
      List<Map<String, Object>> all = new ArrayList<>(messages);
      List<Map<String, Object>> answer = MessageFields.list(fields, "completion");
      MessageFields.requireRoles(answer, "completion");
      all.addAll(answer);
      return answered(all, fields, columns, use);
    }
    if (!messages.isEmpty() && isByAssistant(messages.get(messages.size() - 1))) {
      throw new RecordException(
          "'prompt' ends with a turn of the assistant; a completion can only begin a turn");
    }
    return Optional.of(chat(messages, fields, string(fields, "completion"), columns));
  }

  private static Optional<PromptRecord> turns(ObjectNode fields, ObjectNode columns, RecordUse use)
      throws RecordException {
    List<Map<String, Object>> messages = MessageFields.list(fields, "messages");
    MessageFields.requireRoles(messages, "messages");
    return answered(messages, fields, columns, use);
  }

  /** A conversation up to the turn of the assistant that is expected. */
  private static Optional<PromptRecord> answered(
      List<Map<String, Object>> messages, ObjectNode fields, ObjectNode columns, RecordUse use)
      throws RecordException {
    int last = messages.size() - 1;
    if (use == RecordUse.EVALUATION) {
      while (last >= 0 && !isLearnt(messages.get(last))) {
        last--;
      }
    }
    if (last < 0 || !isByAssistant(messages.get(last))) {
      return use == RecordUse.EVALUATION
          ? Optional.empty()
          : Optional.of(chat(messages, fields, null, columns));
    }
    if (last == 0) {
      if (use == RecordUse.EVALUATION) {
        return Optional.empty();
      }
      throw new RecordException("there is nothing before the turn of the assistant to complete");
    }
    Object content = messages.get(last).get("content");
    boolean text = content instanceof String && messages.get(last).get("tool_calls") == null;
    return Optional.of(
        chat(messages.subList(0, last), fields, text ? (String) content : null, columns));
  }

  private static PromptRecord chat(
      List<Map<String, Object>> messages, ObjectNode fields, String completion, ObjectNode columns)
      throws RecordException {
    Conversation conversation = MessageFields.conversation(messages, MessageFields.tools(fields));
    return new PromptRecord(null, conversation, completion, columns);
  }

  private static boolean isByAssistant(Map<String, Object> message) {
    return "assistant".equals(message.get("role"));
  }

  /** A turn with weight 0 is context. */
  private static boolean isLearnt(Map<String, Object> message) {
    boolean context =
        message.get(Conversation.WEIGHT) instanceof Number weight && weight.doubleValue() == 0;
    return isByAssistant(message) && !context;
  }
}
