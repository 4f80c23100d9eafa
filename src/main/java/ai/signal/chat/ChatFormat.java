package ai.signal.chat;

import ai.signal.model.ModelFormatException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * How a model wants its conversations: what transformers' {@code apply_chat_template} makes of
 * them, byte by byte, and which parts of it the assistant wrote. Safe for several threads.
 */
public final class ChatFormat {
  /** Keys of messages in the interfaces that records come from, read or not. */
  private static final Set<String> KNOWN_KEYS =
      Set.of(
          "role",
          "content",
          "name",
          "tool_calls",
          "tool_call_id",
          "reasoning_content",
          "reasoning",
          "thinking",
          Conversation.WEIGHT);

  private final Map<String, ChatFiles.Source> sources;
  private final Map<String, String> specialTokens;
  private final Supplier<LocalDateTime> now;
  private final Map<ChatFiles.Source, ChatTemplate> parsed = new ConcurrentHashMap<>();

  private ChatFormat(
      Map<String, ChatFiles.Source> sources,
      Map<String, String> specialTokens,
      Supplier<LocalDateTime> now) {
    this.sources = sources;
    this.specialTokens = specialTokens;
    this.now = now;
  }

  /**
   * The format of a model in Hugging Face layout: chat_template.jinja and
   * additional_chat_templates, or else "chat_template" of tokenizer_config.json, which also names
   * the special tokens.
   *
   * @throws ai.signal.model.ModelFormatException when there is no template or a file is not what it
   *     should be
   */
  public static ChatFormat open(Path model) {
    ModelFormatException.requireLocation("chat template", model);
    return new ChatFormat(
        ChatFiles.templates(model), ChatFiles.specialTokens(model), LocalDateTime::now);
  }

  /**
   * The special tokens of a model by their names in tokenizer_config.json, such as "eos_token";
   * empty where there is no such file.
   */
  public static Map<String, String> specialTokens(Path model) {
    ModelFormatException.requireLocation("chat template", model);
    return ChatFiles.specialTokens(model);
  }

  /**
   * Checks the files of a model's chat templates; there may be none. Data may need no template, but
   * lane files depend on them, and adapters are saved with them. They are not parsed: data that is
   * not rendered can be used with a model whose template has unknown syntax.
   *
   * @throws ModelFormatException where one cannot be read
   */
  public static void check(Path model) {
    ModelFormatException.requireLocation("chat template", model);
    ChatFiles.check(model);
  }

  /** Returns whether a model has a chat template at all. */
  public static boolean isIn(Path model) {
    ModelFormatException.requireLocation("chat template", model);
    return !ChatFiles.find(model).isEmpty();
  }

  /**
   * Returns this format at a fixed time: some templates write the date, and the same messages are
   * to be the same text tomorrow.
   */
  public ChatFormat at(LocalDateTime time) {
    return new ChatFormat(sources, specialTokens, () -> time);
  }

  /**
   * The text of a conversation.
   *
   * @param addGenerationPrompt whether to end with what makes the model answer
   * @throws ChatTemplateException when the template refuses the conversation
   * @throws ModelFormatException when the template cannot be parsed
   */
  public Rendered apply(Conversation conversation, boolean addGenerationPrompt) {
    return apply(conversation, addGenerationPrompt, now.get());
  }

  /**
   * The text of a conversation whose spans are all that the assistant wrote: by the template's own
   * generation blocks, or where it has none, from where each prompt for an answer ends to where the
   * conversation up to that answer ends.
   *
   * @throws ChatTemplateException also when the template writes a message in another way once more
   *     messages follow, so that nothing can be said to be its text
   */
  public Rendered applyForTraining(Conversation conversation) {
    LocalDateTime time = now.get();
    Rendered whole = apply(conversation, false, time);
    if (template(conversation).hasGenerationBlocks()) {
      return learnt(conversation, whole);
    }
    List<Rendered.Span> spans = new ArrayList<>();
    for (int i = 0; i < conversation.messages().size(); i++) {
      if (conversation.isLearnt(i)) {
        spans.add(span(conversation, i, whole.text(), time));
      }
    }
    return new Rendered(whole.text(), spans);
  }

  /** The spans of those turns that are learnt, by the order of turns. */
  private static Rendered learnt(Conversation conversation, Rendered whole) {
    List<Integer> turns =
        IntStream.range(0, conversation.messages().size())
            .filter(conversation::isByAssistant)
            .boxed()
            .toList();
    if (turns.stream().allMatch(conversation::isLearnt)) {
      return whole;
    }
    if (turns.size() != whole.generated().size()) {
      throw ChatTemplateException.misused(
          "a turn has weight 0, but the template writes the %d turns of the assistant as %d parts"
              .formatted(turns.size(), whole.generated().size()));
    }
    List<Rendered.Span> spans = new ArrayList<>();
    for (int i = 0; i < turns.size(); i++) {
      if (conversation.isLearnt(turns.get(i))) {
        spans.add(whole.generated().get(i));
      }
    }
    return new Rendered(whole.text(), spans);
  }

  /**
   * The keys of a conversation's messages that mean nothing: none of {@link #messageKeys}, and the
   * template does not name them.
   */
  public List<String> unreadKeys(Conversation conversation) {
    String source = source(conversation).text();
    return conversation.keys().stream()
        .filter(key -> !KNOWN_KEYS.contains(key) && !source.contains(key))
        .toList();
  }

  /** Returns the keys of messages that are known for every template. */
  public static Set<String> messageKeys() {
    return KNOWN_KEYS;
  }

  /** Finds the message at {@code index}, the assistant's, in the whole text. */
  private Rendered.Span span(
      Conversation conversation, int index, String whole, LocalDateTime time) {
    String answered = apply(conversation.first(index + 1), false, time).text();
    String prompt =
        index == 0
            ? opening(conversation, answered, time)
            : apply(conversation.first(index), true, time).text();
    if (!answered.startsWith(prompt)) {
      throw unplaced(index, "the prompt for it is not how the conversation up to it begins");
    }
    if (!whole.startsWith(answered)) {
      answered = withoutEos(answered);
    }
    if (!whole.startsWith(answered) || answered.length() < prompt.length()) {
      throw unplaced(index, "the template writes it in another way once more messages follow");
    }
    return new Rendered.Span(prompt.length(), answered.length());
  }

  /**
   * The text before the first message, which is the assistant's. No prompt can be rendered of no
   * messages with most templates; what asks for an answer is the same text after any message.
   */
  private String opening(Conversation conversation, String answered, LocalDateTime time) {
    Conversation other =
        new Conversation(
            List.of(Map.of("role", "user", "content", "")),
            conversation.tools(),
            conversation.variables());
    String open = apply(other, false, time).text();
    String asked = apply(other, true, time).text();
    if (!asked.startsWith(open) || asked.length() == open.length()) {
      open = withoutEos(open);
    }
    String ask = asked.startsWith(open) ? asked.substring(open.length()) : "";
    int at = answered.indexOf(ask);
    if (ask.isEmpty() || at < 0) {
      throw unplaced(0, "the template does not write there what asks for an answer");
    }
    return answered.substring(0, at + ask.length());
  }

  /** Some templates end every conversation, and no message, with the end-of-sequence token. */
  private String withoutEos(String text) {
    String eos = specialTokens.getOrDefault("eos_token", "");
    return text.endsWith(eos) ? text.substring(0, text.length() - eos.length()) : text;
  }

  private static ChatTemplateException unplaced(int index, String why) {
    return ChatTemplateException.misused(
        "message %d is the assistant's, but its place in the text is not known: %s; a template with"
                .formatted(index + 1, why)
            + " {% generation %} blocks would tell");
  }

  private Rendered apply(
      Conversation conversation, boolean addGenerationPrompt, LocalDateTime time) {
    Map<String, Object> variables = new HashMap<>(specialTokens);
    variables.put("documents", null);
    variables.putAll(conversation.variables());
    variables.put("messages", conversation.normalized());
    variables.put("tools", conversation.tools().orElse(null));
    variables.put("add_generation_prompt", addGenerationPrompt);
    return template(conversation).render(variables, () -> time);
  }

  private ChatTemplate template(Conversation conversation) {
    return parsed.computeIfAbsent(source(conversation), ChatFormat::parse);
  }

  /** Parses a template; one that is broken is the model's fault, not that of a conversation. */
  private static ChatTemplate parse(ChatFiles.Source source) {
    try {
      return ChatTemplate.parse(source.text());
    } catch (ChatTemplateException e) {
      throw new ModelFormatException(
          "chat template", e.problem() + "; correct the template", source.file(), e);
    }
  }

  private ChatFiles.Source source(Conversation conversation) {
    String name =
        conversation.tools().isPresent() && sources.containsKey("tool_use")
            ? "tool_use"
            : ChatFiles.DEFAULT;
    ChatFiles.Source source = sources.get(name);
    if (source == null) {
      throw ChatTemplateException.misused(
          "the model has templates named %s, but none named 'default'".formatted(sources.keySet()));
    }
    return source;
  }
}
