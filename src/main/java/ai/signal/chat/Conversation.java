package ai.signal.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a chat template is applied to.
 *
 * @param messages maps with "role", "content" and whatever else the template reads, such as
 *     "tool_calls"; values are what JSON has
 * @param tools the functions that the model may call, as JSON schemas; empty is not the same as an
 *     empty list to some templates
 * @param variables more variables for the template, such as {@code enable_thinking}
 */
public record Conversation(
    List<Map<String, Object>> messages,
    Optional<List<Map<String, Object>>> tools,
    Map<String, Object> variables) {
  /** The key of a message that is 0 where a turn of the assistant is context and not learnt. */
  public static final String WEIGHT = "weight";

  /**
   * Checks that there are messages.
   *
   * @throws ChatTemplateException when there is none
   */
  public Conversation {
    if (messages.isEmpty()) {
      throw ChatTemplateException.misused("the conversation has no messages");
    }
    messages = List.copyOf(messages);
  }

  /** Messages alone. */
  public static Conversation of(List<Map<String, Object>> messages) {
    return new Conversation(messages, Optional.empty(), Map.of());
  }

  /** The first messages. */
  Conversation first(int count) {
    return new Conversation(messages.subList(0, count), tools, variables);
  }

  boolean isByAssistant(int message) {
    return "assistant".equals(messages.get(message).get("role"));
  }

  /** Returns whether a message is the assistant's and is to be learnt. */
  boolean isLearnt(int message) {
    boolean context =
        messages.get(message).get(WEIGHT) instanceof Number weight && weight.doubleValue() == 0;
    return isByAssistant(message) && !context;
  }

  /** The keys of all messages, those of nulls excepted. */
  Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    messages.forEach(
        message ->
            message.forEach(
                (key, value) -> {
                  if (value != null) {
                    keys.add(key);
                  }
                }));
    return keys;
  }

  /**
   * The messages as transformers hands them over: without fields that are null or weights, and with
   * reasoning under each of the names that templates read.
   */
  List<Map<String, Object>> normalized() {
    return messages.stream().map(Conversation::normalized).toList();
  }

  private static Map<String, Object> normalized(Map<String, Object> message) {
    Map<String, Object> fields = new LinkedHashMap<>();
    message.forEach(
        (name, value) -> {
          if (value != null && !name.equals(WEIGHT)) {
            fields.put(name, value);
          }
        });
    for (String name : List.of("reasoning_content", "thinking", "reasoning")) {
      if (fields.containsKey(name)) {
        Map<String, Object> aliased = new LinkedHashMap<>();
        aliased.put("thinking", fields.get(name));
        aliased.putAll(fields);
        aliased.put("reasoning_content", fields.get(name));
        return aliased;
      }
    }
    return fields;
  }
}
