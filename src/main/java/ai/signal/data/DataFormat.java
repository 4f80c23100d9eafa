package ai.signal.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Which fields the records of a JSON lines file have. */
public enum DataFormat {
  /** Whatever the first record of each file has. */
  AUTO(
      "auto",
      "a record has 'text', or 'prompt' and 'completion', or 'messages', or 'token_ids', or"
          + " 'conversations', or 'instruction' and 'output'"),
  /** {@code {"text": ...}}: every token is learnt. */
  TEXT("text", "a record has 'text'"),
  /**
   * {@code {"prompt": ..., "completion": ...}}, texts or lists of messages: the completion is
   * learnt, given the prompt.
   */
  PROMPT_COMPLETION("prompt_completion", "a record has 'prompt' and 'completion'"),
  /**
   * {@code {"prompt": ..., "chosen": ..., "rejected": ...}}, texts or lists of messages: what
   * losses dpo and reward learn.
   */
  PREFERENCE(
      "preference", "a record has 'chosen' and 'rejected', and 'prompt' unless both begin with it"),
  /**
   * {@code {"messages": [...]}}: what the assistant says is learnt, by the model's chat template.
   */
  MESSAGES("messages", "a record has 'messages', and 'tools' where there are some"),
  /**
   * {@code {"token_ids": [...]}}, also with {@code weights}: every token is learnt, or as weighted.
   */
  TOKENS("tokens", "a record has 'token_ids', and 'weights' where not every token counts as much"),
  /**
   * {@code {"prompt": ..., "responses": [...], "rewards": [...]}}, also with {@code logprobs}: what
   * losses on sampled tokens learn.
   */
  SCORED(
      "scored",
      "a record has 'prompt', 'responses' and 'rewards', and 'logprobs' where the loss needs them"),
  /** ShareGPT's {@code {"conversations": [{"from": ..., "value": ...}]}}: read as MESSAGES. */
  SHAREGPT(
      "sharegpt", "a record has 'conversations', and 'system' and 'tools' where there are some"),
  /**
   * Alpaca's {@code {"instruction": ..., "input": ..., "output": ...}}: read as PROMPT_COMPLETION.
   */
  ALPACA("alpaca", "a record has 'instruction' and 'output', and 'input' where there is one");

  /** Names that no data has for anything else. */
  private static final Set<String> ALWAYS =
      Set.of(
          "text",
          "prompt",
          "completion",
          "chosen",
          "rejected",
          "messages",
          "tools",
          "token_ids",
          "weights",
          "responses",
          "rewards",
          "logprobs");

  private final String specName;
  private final String rule;

  DataFormat(String specName, String rule) {
    this.specName = specName;
    this.rule = rule;
  }

  /**
   * The format that a job spec calls {@code name}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static DataFormat ofSpec(String name) {
    return Arrays.stream(values())
        .filter(format -> format.specName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is not a data format (allowed: %s)"
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(DataFormat::specName)
                                .collect(Collectors.joining(", ")))));
  }

  /** The name in job specs, such as {@code prompt_completion}. */
  public String specName() {
    return specName;
  }

  /** The fields that records of any format may have. */
  static Set<String> allFields() {
    Set<String> all = new LinkedHashSet<>();
    for (DataFormat format : values()) {
      all.addAll(format.fields());
      all.addAll(format.optional());
    }
    return all;
  }

  /**
   * The fields that data with other names for some is searched for. What only some formats have is
   * searched for where the data has such a format: elsewhere it is a column like any other.
   *
   * @param names of fields in the data, where they have others
   * @param columns of the data
   */
  static Set<String> searched(
      DataFormat given, Map<String, String> names, Predicate<String> columns) {
    Set<String> all = new LinkedHashSet<>();
    for (DataFormat format : values()) {
      boolean meant =
          given == format
              || (given == AUTO
                  && !format.fields().isEmpty()
                  && format.fields().stream()
                      .allMatch(
                          field -> FieldSource.of(names.getOrDefault(field, field)).isIn(columns))
                  && (format == TOKENS
                      || names.isEmpty()
                      || format.fields().stream().anyMatch(names::containsKey)));
      List<String> own = new ArrayList<>(format.fields());
      own.addAll(format.optional());
      own.removeIf(field -> !meant && !names.containsKey(field) && !ALWAYS.contains(field));
      all.addAll(own);
    }
    return all;
  }

  /** The rule for fields, to end a message with. */
  String rule() {
    return rule;
  }

  /** The fields that a record may have beside those that it must. */
  List<String> optional() {
    return switch (this) {
      case MESSAGES, PROMPT_COMPLETION -> List.of("tools");
      case PREFERENCE -> List.of("prompt", "tools");
      case TOKENS ->
          List.of("weights", "labels", "completion_mask", "assistant_masks", "attention_mask");
      case SCORED -> List.of("logprobs");
      case SHAREGPT -> List.of("system", "tools");
      case ALPACA -> List.of("input");
      default -> List.of();
    };
  }

  /** The fields that a record must have; none for AUTO. */
  List<String> fields() {
    return switch (this) {
      case AUTO -> List.of();
      case TEXT -> List.of("text");
      case PROMPT_COMPLETION -> List.of("prompt", "completion");
      case PREFERENCE -> List.of("chosen", "rejected");
      case MESSAGES -> List.of("messages");
      case TOKENS -> List.of("token_ids");
      case SCORED -> List.of("prompt", "responses", "rewards");
      case SHAREGPT -> List.of("conversations");
      case ALPACA -> List.of("instruction", "output");
    };
  }
}
