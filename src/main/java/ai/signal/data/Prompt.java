package ai.signal.data;

import java.util.Objects;
import java.util.Optional;

/**
 * A prompt to complete.
 *
 * @param id the identity of its line, such as {@code file:/data/held_out.jsonl@1024}
 * @param prompt may be empty
 * @param completion what is expected, where the file says so
 */
public record Prompt(String id, String prompt, Optional<String> completion) {
  public Prompt {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(completion, "completion");
  }
}
