package ai.signal.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Records of ShareGPT: conversations whose turns have {@code from} and {@code value}. */
final class ShareGptFields {
  /** Role of each speaker, by the names that data sets of this kind use. */
  private static final Map<String, String> ROLES =
      Map.ofEntries(
          Map.entry("human", "user"),
          Map.entry("user", "user"),
          Map.entry("gpt", "assistant"),
          Map.entry("assistant", "assistant"),
          Map.entry("chatgpt", "assistant"),
          Map.entry("bot", "assistant"),
          Map.entry("model", "assistant"),
          Map.entry("system", "system"),
          Map.entry("tool", "tool"),
          Map.entry("tool_response", "tool"),
          Map.entry("function_response", "tool"),
          Map.entry("observation", "tool"));

  private static final String CALL = "function_call";

  private ShareGptFields() {}

  /** Reads the turns as messages. */
  static TrainingRecord.Messages messages(ObjectNode object) throws RecordException {
    return MessageFields.messages(record(object));
  }

  /** A record of {@code messages}; {@code system} of the record becomes the first of them. */
  static ObjectNode record(ObjectNode object) throws RecordException {
    JsonNode turns = object.get("conversations");
    if (turns.isTextual()) {
      turns = JsonLine.parseText(turns.textValue(), "conversations");
    }
    if (!turns.isArray()) {
      throw new RecordException(
          "'conversations' is %s, not a list of turns".formatted(JsonLine.kind(turns)));
    }
    ObjectNode record = object.objectNode();
    ArrayNode messages = record.putArray("messages");
    if (object.hasNonNull("system") && !JsonLine.string(object, "system").isEmpty()) {
      messages.addObject().put("role", "system").set("content", object.get("system"));
    }
    for (int i = 0; i < turns.size(); i++) {
      messages.add(message(turns.get(i), "conversations." + i));
    }
    if (object.hasNonNull("tools") && !object.get("tools").asText(" ").isEmpty()) {
      record.set("tools", object.get("tools"));
    }
    return record;
  }

  private static ObjectNode message(JsonNode turn, String name) throws RecordException {
    if (!(turn instanceof ObjectNode given)) {
      throw new RecordException("'%s' is %s, not a turn".formatted(name, JsonLine.kind(turn)));
    }
    ObjectNode message = given.deepCopy();
    if (!given.path("from").isTextual() || !given.path("value").isTextual()) {
      throw new RecordException("'%s' needs 'from' and 'value', two texts".formatted(name));
    }
    JsonLine.requireUnicode(given, name);
    message.remove("from");
    message.remove("value");
    String from = given.get("from").textValue();
    if (from.equals(CALL)) {
      return call(message, given.get("value").textValue(), name);
    }
    String role = ROLES.get(from);
    if (role == null) {
      throw new RecordException(
          "'%s.from' is '%s', which is no speaker (such as human, gpt, system, tool)"
              .formatted(name, from));
    }
    return message.put("role", role).set("content", given.get("value"));
  }

  /** A turn of the assistant that calls a tool: its value is the call as JSON. */
  private static ObjectNode call(ObjectNode message, String value, String name)
      throws RecordException {
    JsonNode call = JsonLine.parseText(value, name + ".value");
    if (!call.isObject() || !call.path("name").isTextual() || !call.has("arguments")) {
      throw new RecordException("'%s.value' needs 'name' and 'arguments'".formatted(name));
    }
    message.put("role", "assistant").put("content", "");
    message.putArray("tool_calls").addObject().put("type", "function").set("function", call);
    return message;
  }
}
