package ai.signal.chat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The filters that make text; what they are given counts as its {@code str()}. */
final class TextFilters {
  private static final int DEFAULT_INDENT = 4;
  private static final int DEFAULT_CENTER = 80;

  private TextFilters() {}

  static void register(Map<String, Filters.Filter> filters) {
    filters.put("string", TextFilters::string);
    filters.put("safe", (value, args) -> plain(args, new Markup(PyText.str(value))));
    filters.put("escape", TextFilters::escape);
    filters.put("e", TextFilters::escape);
    filters.put("upper", (value, args) -> plain(args, Case.upper(PyText.str(value))));
    filters.put("lower", (value, args) -> plain(args, Case.lower(PyText.str(value))));
    filters.put("capitalize", (value, args) -> plain(args, Case.capitalize(PyText.str(value))));
    filters.put("title", (value, args) -> plain(args, title(PyText.str(value))));
    filters.put("trim", TextFilters::trim);
    filters.put("replace", TextFilters::replace);
    filters.put("indent", TextFilters::indent);
    filters.put("center", TextFilters::center);
    filters.put("format", TextFilters::format);
    filters.put("join", TextFilters::join);
    filters.put("wordcount", TextFilters::wordCount);
  }

  private static <T> T plain(Args args, T value) {
    args.bind(0);
    return value;
  }

  private static Object string(Object value, Args args) {
    return plain(args, value instanceof Markup ? value : PyText.str(value));
  }

  private static Markup escape(Object value, Args args) {
    return plain(
        args,
        value instanceof Markup markup ? markup : new Markup(Markup.escape(PyText.str(value))));
  }

  private static String trim(Object value, Args args) {
    return Strip.both(PyText.str(value), args.bind(0, "chars").textOrNull("chars"));
  }

  private static String replace(Object value, Args args) {
    Args.Bound bound = args.bind(2, "old", "new", "count");
    long count = bound.get("count") == null ? -1 : bound.integer("count", -1);
    return StringMethods.replace(
        PyText.str(value), PyText.str(bound.get("old")), PyText.str(bound.get("new")), count);
  }

  /** Unlike {@code str.title}, words begin only after white space and a few opening signs. */
  private static String title(String text) {
    StringBuilder out = new StringBuilder();
    StringBuilder word = new StringBuilder();
    for (int c : text.codePoints().toArray()) {
      if (PyChars.isSpace(c) || "-({[<".indexOf(c) >= 0) {
        flush(word, out);
        out.appendCodePoint(c);
      } else {
        word.appendCodePoint(c);
      }
    }
    flush(word, out);
    return out.toString();
  }

  private static void flush(StringBuilder word, StringBuilder out) {
    if (word.length() > 0) {
      int first = Character.charCount(word.codePointAt(0));
      out.append(Case.upper(word.substring(0, first))).append(Case.lower(word.substring(first)));
      word.setLength(0);
    }
  }

  private static String indent(Object value, Args args) {
    Args.Bound bound = args.bind(0, "width", "first", "blank");
    Object width = bound.get("width", (long) DEFAULT_INDENT);
    String indent =
        PyTypes.isString(width)
            ? PyText.str(width)
            : StringMethods.padded("", bound.integer("width", DEFAULT_INDENT), " ", 0, 1);
    List<Object> lines = Split.lines((String) PyNumber.add(value, "\n"), false);
    StringBuilder out = new StringBuilder(bound.flag("first") ? indent : "");
    for (int i = 0; i < lines.size(); i++) {
      String line = (String) lines.get(i);
      if (i > 0) {
        out.append('\n').append(line.isEmpty() && !bound.flag("blank") ? "" : indent);
      }
      out.append(line);
    }
    return out.toString();
  }

  private static String center(Object value, Args args) {
    long width = args.bind(0, "width").integer("width", DEFAULT_CENTER);
    return StringMethods.padded(PyText.str(value), width, " ", 1, 2);
  }

  private static String format(Object value, Args args) {
    if (!args.named().isEmpty()) {
      throw new RenderException("format with names is not known here");
    }
    return Formatting.percent(PyText.str(value), new Tuple(args.positional()));
  }

  private static String join(Object value, Args args) {
    Args.Bound bound = args.bind(0, "d", "attribute");
    String between = PyText.str(bound.get("d", ""));
    List<String> texts = new ArrayList<>();
    Iterator<?> items = PyTypes.iterate(value);
    while (items.hasNext()) {
      texts.add(PyText.str(ItemFilters.path(items.next(), bound.get("attribute"))));
    }
    long length = texts.stream().mapToLong(text -> text.length() + between.length()).sum();
    Limits.chars(length);
    return String.join(between, texts);
  }

  private static long wordCount(Object value, Args args) {
    args.bind(0);
    long words = 0;
    boolean inWord = false;
    for (int c : PyText.str(value).codePoints().toArray()) {
      boolean part = c == '_' || Character.isLetterOrDigit(c);
      words += part && !inWord ? 1 : 0;
      inWord = part;
    }
    return words;
  }
}
