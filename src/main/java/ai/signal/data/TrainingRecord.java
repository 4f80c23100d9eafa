package ai.signal.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;

/** A record to learn from, as its file has it. */
sealed interface TrainingRecord {
  /** Text whose every token is learnt. */
  record Text(String text) implements TrainingRecord {}

  /** A completion that is learnt given its prompt, which may be empty. */
  record Completion(String prompt, String completion) implements TrainingRecord {}

  /** The record in {@code object}, whose fields must be exactly those of {@code format}. */
  static TrainingRecord of(ObjectNode object, DataFormat format) throws RecordException {
    DataFormat actual = format == DataFormat.AUTO ? detect(object) : format;
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!actual.fields().contains(name)) {
        throw new RecordException("'%s' is not a field here (%s)".formatted(name, format.rule()));
      }
    }
    for (String field : actual.fields()) {
      if (!object.has(field)) {
        throw new RecordException("'%s' is missing (%s)".formatted(field, format.rule()));
      }
    }
    return actual == DataFormat.TEXT
        ? new Text(learnt(object, "text"))
        : new Completion(JsonLine.string(object, "prompt"), learnt(object, "completion"));
  }

  /** The format of this record: TEXT or PROMPT_COMPLETION. */
  default DataFormat format() {
    return this instanceof Text ? DataFormat.TEXT : DataFormat.PROMPT_COMPLETION;
  }

  private static DataFormat detect(ObjectNode object) throws RecordException {
    boolean text = object.has("text");
    boolean completion = object.has("prompt") || object.has("completion");
    if (text && completion) {
      throw new RecordException(
          "it mixes 'text' with 'prompt' or 'completion' (%s)".formatted(DataFormat.AUTO.rule()));
    }
    if (!text && !completion) {
      String names =
          String.join("', '", object.properties().stream().map(e -> e.getKey()).toList());
      throw new RecordException(
          object.isEmpty()
              ? "it has no fields (%s)".formatted(DataFormat.AUTO.rule())
              : "it has only '%s' (%s)".formatted(names, DataFormat.AUTO.rule()));
    }
    return text ? DataFormat.TEXT : DataFormat.PROMPT_COMPLETION;
  }

  private static String learnt(ObjectNode object, String field) throws RecordException {
    String text = JsonLine.string(object, field);
    if (text.isEmpty()) {
      throw new RecordException("'%s' is empty, which leaves nothing to learn".formatted(field));
    }
    return text;
  }
}
