package ai.signal.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The format that a record has by its fields: the one whose fields are all there. */
final class Detected {
  /** The formats that AUTO looks for; the others are those of losses. */
  static final List<DataFormat> FORMATS =
      List.of(
          DataFormat.TEXT,
          DataFormat.PROMPT_COMPLETION,
          DataFormat.MESSAGES,
          DataFormat.TOKENS,
          DataFormat.SHAREGPT,
          DataFormat.ALPACA);

  private Detected() {}

  /**
   * The format of a record.
   *
   * @throws RecordException if its fields fit none, or several
   */
  static DataFormat in(ObjectNode object) throws RecordException {
    List<DataFormat> fitting =
        FORMATS.stream().filter(format -> format.fields().stream().allMatch(object::has)).toList();
    String rule = DataFormat.AUTO.rule();
    boolean mixed = object.has("prompt") || object.has("completion");
    if (fitting.contains(DataFormat.TEXT) && mixed) {
      throw new RecordException(
          "it mixes 'text' with 'prompt' or 'completion' (%s)".formatted(rule));
    }
    if (fitting.size() > 1) {
      throw new RecordException(
          "its fields fit %s: say which (data.format)"
              .formatted(
                  String.join(" and ", fitting.stream().map(DataFormat::specName).toList())));
    }
    if (fitting.size() == 1) {
      return fitting.get(0);
    }
    throw new RecordException("%s (%s)".formatted(missing(object), rule));
  }

  private static String missing(ObjectNode object) {
    if (object.has("chosen") || object.has("rejected")) {
      return "it has 'chosen' or 'rejected': format preference, which losses dpo and reward learn";
    }
    if (object.has("responses") || object.has("rewards")) {
      return "it has 'responses' or 'rewards': format scored, which losses on sampled tokens learn";
    }
    if (object.has("prompt") || object.has("completion")) {
      return "'%s' is missing".formatted(object.has("prompt") ? "completion" : "prompt");
    }
    if (object.isEmpty()) {
      return "it has no fields";
    }
    return "it has only '%s'"
        .formatted(String.join("', '", object.properties().stream().map(e -> e.getKey()).toList()));
  }
}
