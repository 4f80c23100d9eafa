package ai.signal.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** A prompt on its way to the driver, with plain fields like {@link Tokenized}. */
final class PromptLine implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final JsonMapper JSON = new JsonMapper();

  final Place place;

  /** Of a prompt, [n]; null for a bad record. */
  final int[] tokens;

  /** Why the line is no record, or null. */
  final String failure;

  /** Of a bad row, which cannot be read again: the row as JSON; else null. */
  final byte[] raw;

  private final String prompt;
  private final String completion;
  private final String columns;

  private PromptLine(
      Place place,
      String prompt,
      int[] tokens,
      String completion,
      String columns,
      String failure,
      byte[] raw) {
    this.place = place;
    this.prompt = prompt;
    this.tokens = tokens;
    this.completion = completion;
    this.columns = columns;
    this.failure = failure;
    this.raw = raw;
  }

  /**
   * The prompt of a record.
   *
   * @param text as the model reads it
   * @param tokens of the text
   */
  static PromptLine of(Line line, PromptRecord record, String text, int[] tokens) {
    return new PromptLine(
        line.place(), text, tokens, record.completion(), record.columns().toString(), null, null);
  }

  static PromptLine failed(Line line, String reason) {
    byte[] raw = line.place().isRow() ? Arrays.copyOf(line.bytes(), line.length()) : null;
    return new PromptLine(line.place(), null, null, null, null, reason, raw);
  }

  /** The prompt with its identity. */
  Prompt toPrompt(Records records) {
    String id =
        records.locations().get(place.file) + "@" + (place.isRow() ? place.key : place.offset);
    try {
      Map<String, JsonNode> others = JSON.readValue(columns, new TypeReference<>() {});
      return new Prompt(id, prompt, Optional.ofNullable(completion), others);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A record that was read is no JSON", e);
    }
  }
}
