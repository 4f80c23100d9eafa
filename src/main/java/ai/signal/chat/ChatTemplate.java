package ai.signal.chat;

import java.time.LocalDateTime;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A Jinja template as transformers renders those of models: an immutable sandbox with trim_blocks,
 * lstrip_blocks, loop controls, and the functions {@code raise_exception}, {@code strftime_now} and
 * {@code namespace}. What of Jinja is not known here is refused, never skipped. Safe for several
 * threads.
 */
public final class ChatTemplate {
  private final String source;
  private final TemplateParser.Parsed parsed;

  private ChatTemplate(String source, TemplateParser.Parsed parsed) {
    this.source = source;
    this.parsed = parsed;
  }

  /**
   * Reads a template.
   *
   * @throws ChatTemplateException when it has syntax, a filter or a test that is not known here,
   *     with its line and column
   */
  public static ChatTemplate parse(String source) {
    if (source.length() > Limits.MAX_SOURCE) {
      throw ChatTemplateException.unreadable(
          "it has %d characters; at most %d are allowed"
              .formatted(source.length(), Limits.MAX_SOURCE),
          new Position(1, 1));
    }
    String normalized = Lexer.normalized(source);
    try {
      return new ChatTemplate(normalized, TemplateParser.parse(normalized));
    } catch (StackOverflowError e) {
      throw ChatTemplateException.unreadable("it is nested too deeply", new Position(1, 1));
    } catch (OutOfMemoryError e) {
      throw ChatTemplateException.unreadable(
          "it takes more memory than this JVM has", new Position(1, 1));
    }
  }

  /** Returns whether the template marks the assistant's text. */
  public boolean hasGenerationBlocks() {
    return parsed.hasGeneration();
  }

  /** Renders with the time of now, which some templates write. */
  public Rendered render(Map<String, ?> variables) {
    return render(variables, LocalDateTime::now);
  }

  /**
   * Renders the template.
   *
   * @param variables strings, numbers, booleans, nulls, lists and maps of these
   * @param now what {@code strftime_now} takes for now
   * @throws ChatTemplateException when the template refuses the variables ({@link
   *     ChatTemplateException#raised}), does what Jinja does not allow, or takes too long
   */
  public Rendered render(Map<String, ?> variables, Supplier<LocalDateTime> now) {
    return render(variables, now, new Work(Limits.DEFAULT));
  }

  /** Renders with limits and a count of a caller's own. */
  Rendered render(Map<String, ?> variables, Supplier<LocalDateTime> now, Work work) {
    Scope globals = new Scope(work);
    Globals.functions(now).forEach(globals::set);
    Scope given = new Scope(globals);
    try {
      variables.forEach((name, value) -> given.set(name, PlainData.of(work, value)));
    } catch (RenderException e) {
      throw ChatTemplateException.misused("the variables cannot be read: " + e.getMessage());
    }
    work.begin();
    return new Interpreter(work, source).render(parsed.nodes(), given);
  }
}
