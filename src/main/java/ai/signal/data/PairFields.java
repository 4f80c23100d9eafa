package ai.signal.data;

import ai.signal.chat.Conversation;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records of a prompt and one or two answers to it. Each is a text or a list of messages; where one
 * is a list, a text in the other is one message of the user or of the assistant. Prompts may stand
 * at the beginning of both answers instead (TRL's implicit prompts).
 */
final class PairFields {
  private static final List<String> FIELDS = List.of("prompt", "completion", "chosen", "rejected");

  private PairFields() {}

  /** Reads {@code prompt} and {@code completion}. */
  static TrainingRecord completion(ObjectNode object) throws RecordException {
    if (!hasList(object)) {
      return new TrainingRecord.Completion(
          JsonLine.string(object, "prompt"), TrainingRecord.learnt(object, "completion"));
    }
    return conversation(prompt(object), answer(object, "completion"), object);
  }

  /** Reads {@code chosen}, {@code rejected} and, where it is not how both begin, {@code prompt}. */
  static TrainingRecord preference(ObjectNode object) throws RecordException {
    if (hasList(object)) {
      return chats(object);
    }
    String chosen = TrainingRecord.learnt(object, "chosen");
    String rejected = TrainingRecord.learnt(object, "rejected");
    if (object.hasNonNull("prompt")) {
      return new TrainingRecord.Preference(JsonLine.string(object, "prompt"), chosen, rejected);
    }
    int prompt = commonPrefix(chosen, rejected);
    return new TrainingRecord.Preference(
        chosen.substring(0, prompt), chosen.substring(prompt), rejected.substring(prompt));
  }

  private static TrainingRecord chats(ObjectNode object) throws RecordException {
    List<Map<String, Object>> chosen = answer(object, "chosen");
    List<Map<String, Object>> rejected = answer(object, "rejected");
    List<Map<String, Object>> prompt =
        object.hasNonNull("prompt") ? prompt(object) : new ArrayList<>();
    boolean whole = isList(object, "prompt") && begins(chosen, prompt) && begins(rejected, prompt);
    boolean implicit =
        !isList(object, "prompt") && (prompt.isEmpty() || !isAssistants(chosen.get(0)));
    if (whole || implicit) {
      int common = whole ? prompt.size() : commonPrefix(chosen, rejected);
      prompt = chosen.subList(0, common);
      chosen = chosen.subList(common, chosen.size());
      rejected = rejected.subList(common, rejected.size());
    }
    return new TrainingRecord.ChatPreference(
        conversation(prompt, chosen, object), conversation(prompt, rejected, object));
  }

  /** A conversation of which the turns of the prompt are context. */
  private static TrainingRecord.Messages conversation(
      List<Map<String, Object>> prompt, List<Map<String, Object>> answer, ObjectNode object)
      throws RecordException {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Map<String, Object> message : prompt) {
      Map<String, Object> context = message;
      if (message != null && isAssistants(message)) {
        context = new LinkedHashMap<>(message);
        context.put(Conversation.WEIGHT, 0);
      }
      all.add(context);
    }
    all.addAll(answer);
    return MessageFields.messages(all, MessageFields.tools(object));
  }

  /** The prompt as messages: none of an empty text. */
  static List<Map<String, Object>> prompt(ObjectNode object) throws RecordException {
    if (isList(object, "prompt")) {
      return MessageFields.list(object, "prompt");
    }
    String text = JsonLine.string(object, "prompt");
    return text.isEmpty() ? List.of() : List.of(Map.of("role", "user", "content", text));
  }

  private static List<Map<String, Object>> answer(ObjectNode object, String field)
      throws RecordException {
    List<Map<String, Object>> messages =
        isList(object, field)
            ? MessageFields.list(object, field)
            : List.of(Map.of("role", "assistant", "content", TrainingRecord.learnt(object, field)));
    if (messages.isEmpty()) {
      throw new RecordException("'%s' is empty, which leaves nothing to learn".formatted(field));
    }
    return messages;
  }

  /** Whether a part of the record is a list of messages. */
  static boolean hasList(ObjectNode object) {
    return FIELDS.stream().anyMatch(field -> isList(object, field));
  }

  private static boolean isList(ObjectNode object, String field) {
    return object.path(field).isArray();
  }

  private static boolean isAssistants(Map<String, Object> message) {
    return message != null && "assistant".equals(message.get("role"));
  }

  private static boolean begins(List<?> messages, List<?> prompt) {
    return !prompt.isEmpty()
        && messages.size() > prompt.size()
        && messages.subList(0, prompt.size()).equals(prompt);
  }

  /** Messages that both begin with; each keeps at least one of its own. */
  private static int commonPrefix(List<?> chosen, List<?> rejected) throws RecordException {
    if (chosen.equals(rejected)) {
      throw same();
    }
    int most = Math.min(chosen.size(), rejected.size()) - 1;
    int common = 0;
    while (common < most && chosen.get(common).equals(rejected.get(common))) {
      common++;
    }
    return common;
  }

  /**
   * Characters that both begin with, as TRL's extract_prompt counts them: each keeps at least one
   * of its own, and a space before the answers belongs to them.
   */
  private static int commonPrefix(String chosen, String rejected) throws RecordException {
    if (chosen.equals(rejected)) {
      throw same();
    }
    int most = Math.min(chosen.length(), rejected.length()) - 1;
    int common = 0;
    while (common < most && chosen.charAt(common) == rejected.charAt(common)) {
      common++;
    }
    if (common > 0 && Character.isHighSurrogate(chosen.charAt(common - 1))) {
      common--;
    }
    return common > 0 && chosen.charAt(common - 1) == ' ' ? common - 1 : common;
  }

  private static RecordException same() {
    return new RecordException("'chosen' and 'rejected' are the same: nothing to compare");
  }
}
