package ai.signal.data;

import ai.signal.storage.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Prompts in the order of their identities, with the tokens that the model reads. */
public final class PromptSet {
  private final String name;
  private final Records records;
  private final List<PromptLine> lines;
  private final List<PromptLine> badLines;
  private final LeftOut bad;
  private final LeftOut skipped;
  private List<Prompt> prompts; // null until they are asked for

  /**
   * @param badLines the bad records, as far as they are kept
   */
  PromptSet(
      String name,
      Records records,
      List<PromptLine> lines,
      List<PromptLine> badLines,
      LeftOut bad,
      LeftOut skipped) {
    this.badLines = badLines;
    this.name = name;
    this.records = records;
    this.lines = lines;
    this.bad = bad;
    this.skipped = skipped;
  }

  public synchronized List<Prompt> prompts() {
    if (prompts == null) {
      prompts = lines.stream().map(line -> line.toPrompt(records)).toList();
    }
    return prompts;
  }

  /** The tokens of each prompt, [n] each. */
  public List<int[]> tokens() {
    return lines.stream().map(line -> line.tokens).toList();
  }

  public int size() {
    return lines.size();
  }

  /** The records that were skipped because they are bad. */
  public LeftOut leftOut() {
    return bad;
  }

  /**
   * The bad records as JSON lines, where the data set keeps them.
   *
   * @param conf reaches the files of the records, which are read again
   */
  public Optional<Content> quarantine(Configuration conf) {
    if (badLines.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        out ->
            QuarantineRows.write(
                badLines.stream()
                    .map(line -> new QuarantineRows.Bad(line.place, line.raw, line.failure))
                    .iterator(),
                records.locations(),
                records.streams(),
                out,
                conf));
  }

  /** The prompts that were skipped because the model cannot complete them. */
  public LeftOut skipped() {
    return skipped;
  }

  /** Records that the data set's filter does not pass. */
  public long filtered() {
    return records.filteredOut();
  }

  /**
   * The prompts that a model can complete: they have a token to begin after, and leave room in its
   * context.
   *
   * @param context tokens that a prompt and its completion may have
   * @param room new tokens that a prompt must leave room for, at least 1
   * @throws DataException naming the first other prompt, if {@code use} says so
   */
  public PromptSet fitting(int context, int room, LongPrompts use) {
    List<PromptLine> fitting = new ArrayList<>();
    String first = "";
    for (PromptLine line : lines) {
      String problem = problem(line.tokens.length, context, room);
      if (problem == null) {
        fitting.add(line);
      } else if (use == LongPrompts.FAIL) {
        throw new DataException(
            "Cannot complete %s; prompts.on_long can be skip"
                .formatted(records.fault(line.place, problem)));
      } else if (first.isEmpty()) {
        first = records.fault(line.place, problem);
      }
    }
    LeftOut without = new LeftOut(lines.size() - fitting.size(), first, "");
    return new PromptSet(name, records, fitting, badLines, bad, without);
  }

  /**
   * Checks that there is a prompt.
   *
   * @throws DataException otherwise
   */
  public PromptSet requireSome() {
    if (lines.isEmpty()) {
      throw new DataException(
          "Cannot complete %s: none of its prompts can be used, %s"
              .formatted(
                  name,
                  skipped.records() > 0
                      ? "first %s (prompts.on_long)".formatted(skipped.first())
                      : "first %s (prompts.on_bad_record)".formatted(bad.first())));
    }
    return this;
  }

  /** The reason why a prompt cannot be completed, or null. */
  private static String problem(int tokens, int context, int room) {
    if (tokens == 0) {
      return "its prompt has no token, so there is nothing to predict the first one from";
    }
    return (long) tokens + room <= context
        ? null
        : "its prompt has %,d tokens, which leaves no room for %,d new in the model's context of %,d"
            .formatted(tokens, room, context);
  }
}
