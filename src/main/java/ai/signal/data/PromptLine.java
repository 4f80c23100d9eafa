package ai.signal.data;

import java.io.Serializable;
import java.util.Optional;

/** A prompt on its way to the driver, with plain fields like {@link Tokenized}. */
final class PromptLine implements Serializable {
  private static final long serialVersionUID = 1L;

  final Place place;
  private final String prompt;
  private final String completion;

  /** Why the line is no record, or null. */
  final String failure;

  private PromptLine(Line line, String prompt, String completion, String failure) {
    this.place = line.place();
    this.prompt = prompt;
    this.completion = completion;
    this.failure = failure;
  }

  /** The prompt that {@code reader} finds in a line, or null if it wants none of it. */
  static PromptLine read(Line line, Reader reader) {
    try {
      String[] pair = LineWork.of(() -> reader.read(line));
      return pair == null ? null : new PromptLine(line, pair[0], pair[1], null);
    } catch (RecordException e) {
      return new PromptLine(line, null, null, e.getMessage());
    }
  }

  /**
   * The prompt with its identity.
   *
   * @throws DataException if the line is no record
   */
  Prompt toPrompt(Records records) {
    if (failure != null) {
      throw new DataException("Cannot read " + records.fault(place, failure));
    }
    String id =
        records.locations().get(place.file) + "@" + (place.isRow() ? place.key : place.offset);
    return new Prompt(id, prompt, Optional.ofNullable(completion));
  }

  /** What a record's prompt and completion are. */
  @FunctionalInterface
  interface Reader extends Serializable {
    /** The prompt and the completion, which may be null; or null if the record has no prompt. */
    String[] read(Line line) throws RecordException;
  }
}
