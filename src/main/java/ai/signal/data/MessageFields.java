package ai.signal.data;

import ai.signal.chat.ChatTemplateException;
import ai.signal.chat.Conversation;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Records of conversations. */
final class MessageFields {
  private static final ObjectMapper JSON = new ObjectMapper();

  private MessageFields() {}

  /**
   * Reads {@code messages} and {@code tools}: lists of objects, or the JSON text of such a list.
   */
  static TrainingRecord.Messages messages(ObjectNode object) throws RecordException {
    return messages(list(object, "messages"), tools(object));
  }

  /** The {@code tools} of a record, where it has some. */
  static Optional<List<Map<String, Object>>> tools(ObjectNode object) throws RecordException {
    return object.hasNonNull("tools")
        ? Optional.ofNullable(list(object, "tools"))
        : Optional.empty();
  }

  /**
   * Checks the turns of a conversation.
   *
   * @param messages may be null or have nulls
   */
  static TrainingRecord.Messages messages(
      List<Map<String, Object>> messages, Optional<List<Map<String, Object>>> tools)
      throws RecordException {
    requireRoles(messages, "messages");
    boolean said = false;
    boolean learnt = false;
    for (int i = 0; i < messages.size(); i++) {
      boolean weighs = weighs(messages.get(i), i);
      boolean assistant = "assistant".equals(messages.get(i).get("role"));
      said |= assistant;
      learnt |= assistant && weighs;
    }
    if (!said) {
      throw new RecordException("none of 'messages' is the assistant's: nothing to learn");
    }
    if (!learnt) {
      throw new RecordException("every turn of the assistant has weight 0: nothing to learn");
    }
    return new TrainingRecord.Messages(conversation(messages, tools));
  }

  /**
   * Checks that each message says who speaks.
   *
   * @param messages may be null or have nulls
   */
  static void requireRoles(List<Map<String, Object>> messages, String field)
      throws RecordException {
    if (messages == null
        || messages.stream().anyMatch(message -> message == null || !message.containsKey("role"))) {
      throw new RecordException("each of '%s' needs a 'role'".formatted(field));
    }
  }

  /** Makes a conversation of messages, of which there must be one. */
  static Conversation conversation(
      List<Map<String, Object>> messages, Optional<List<Map<String, Object>>> tools)
      throws RecordException {
    try {
      return new Conversation(messages, tools, Map.of());
    } catch (ChatTemplateException e) {
      throw new RecordException(e.getMessage());
    }
  }

  /** The {@code weight} of a turn as fine-tuning services have it: 0 for context, else 1. */
  private static boolean weighs(Map<String, Object> message, int index) throws RecordException {
    Object weight = message.get(Conversation.WEIGHT);
    if (weight == null) {
      return true;
    }
    double value = weight instanceof Number number ? number.doubleValue() : Double.NaN;
    if (value != 0 && value != 1) {
      throw new RecordException("'messages.%d.weight' is %s, not 0 or 1".formatted(index, weight));
    }
    return value == 1;
  }

  /** A list of objects, or the JSON text of one. */
  static List<Map<String, Object>> list(ObjectNode object, String field) throws RecordException {
    JsonNode value = object.get(field);
    if (value.isTextual()) {
      value = JsonLine.parseText(value.textValue(), field);
    }
    JsonLine.requireUnicode(value, field);
    try {
      return JSON.convertValue(value, new TypeReference<>() {});
    } catch (IllegalArgumentException e) {
      throw new RecordException("'%s' is no list of objects".formatted(field), e);
    }
  }
}
