package ai.signal.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A prompt to complete.
 *
 * @param id the identity of its record, such as {@code file:/data/held_out.jsonl@1024}
 * @param prompt its text; of messages, what the chat template makes of them; may be empty
 * @param completion the expected completion, if the record has one
 * @param columns the other fields of the record, by their names in the data
 */
public record Prompt(
    String id, String prompt, Optional<String> completion, Map<String, JsonNode> columns) {
  public Prompt {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(completion, "completion");
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
  }

  /** A prompt of a record without other fields. */
  public Prompt(String id, String prompt, Optional<String> completion) {
    this(id, prompt, completion, Map.of());
  }
}
