package ai.signal.chat;

import ai.signal.model.OneLine;
import ai.signal.storage.Refusal;
import java.util.Optional;

/** A chat template that cannot be read or rendered; the message says what, where and why. */
public final class ChatTemplateException extends RuntimeException implements Refusal {
  private static final long serialVersionUID = 1L;

  /** A template's own refusal may be any text. */
  private static final int MAX_SHOWN = 2_000;

  private static final String LIMIT_ADVICE =
      "; templates of published models need far less, so check where this one is from";

  private final int line;
  private final int column;
  private final String raised;

  private ChatTemplateException(
      String message, int line, int column, String raised, Throwable cause) {
    super(OneLine.message(message), cause);
    this.line = line;
    this.column = column;
    this.raised = raised;
  }

  /** A template that is not Jinja, or more of Jinja than is known here. */
  static ChatTemplateException unreadable(String problem, Position at) {
    return new ChatTemplateException(
        "Cannot read chat template: " + problem + where(at), at.line(), at.column(), null, null);
  }

  /** A rendering that failed where {@code at} says. */
  static ChatTemplateException failed(RenderException e, Position at) {
    return new ChatTemplateException(
        "Cannot render chat template: "
            + shortened(e.getMessage())
            + where(at)
            + (e.isLimit() ? LIMIT_ADVICE : ""),
        at.line(),
        at.column(),
        e.raised() ? e.getMessage() : null,
        e);
  }

  /** Something wrong with what a template was to be applied to. */
  static ChatTemplateException misused(String problem) {
    return new ChatTemplateException("Cannot apply chat template: " + problem, 0, 0, null, null);
  }

  /** The message without the operation that failed. */
  String problem() {
    return getMessage().replaceFirst("^Cannot \\w+ chat template: ", "");
  }

  /** The line in the template, from 1; 0 where the template is not to blame. */
  public int line() {
    return line;
  }

  /** The column in that line, from 1. */
  public int column() {
    return column;
  }

  /** Returns the text of {@code raise_exception}: the template refuses the conversation. */
  public Optional<String> raised() {
    return Optional.ofNullable(raised);
  }

  private static String shortened(String message) {
    if (message.isEmpty()) {
      return "the template refuses this without a reason";
    }
    return message.length() <= MAX_SHOWN ? message : message.substring(0, MAX_SHOWN) + "...";
  }

  private static String where(Position at) {
    return " (line " + at.line() + ", column " + at.column() + ")";
  }
}
