package ai.signal.chat;

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
    filters.put("safe", (value, args) -> plain(args, new Markup(str(value, args))));
    filters.put("escape", TextFilters::escape);
    filters.put("e", TextFilters::escape);
    filters.put("upper", (value, args) -> plain(args, Case.upper(args.work(), str(value, args))));
    filters.put("lower", (value, args) -> plain(args, Case.lower(args.work(), str(value, args))));
    filters.put(
        "capitalize", (value, args) -> plain(args, Case.capitalize(args.work(), str(value, args))));
    filters.put("title", (value, args) -> plain(args, title(args.work(), str(value, args))));
    filters.put("trim", TextFilters::trim);
    filters.put("replace", TextFilters::replace);
    filters.put("indent", TextFilters::indent);
    filters.put("center", TextFilters::center);
    filters.put("format", TextFilters::format);
    filters.put("join", TextFilters::join);
    filters.put("wordcount", TextFilters::wordCount);
  }

  private static String str(Object value, Args args) {
    return PyText.str(args.work(), value);
  }

  private static <T> T plain(Args args, T value) {
    args.bind(0);
    return value;
  }

  private static Object string(Object value, Args args) {
    return plain(args, value instanceof Markup ? value : str(value, args));
  }

  private static Markup escape(Object value, Args args) {
    return plain(
        args,
        value instanceof Markup markup
            ? markup
            : new Markup(Markup.escape(args.work(), str(value, args))));
  }

  private static String trim(Object value, Args args) {
    return Strip.both(args.work(), str(value, args), args.bind(0, "chars").textOrNull("chars"));
  }

  private static String replace(Object value, Args args) {
    Args.Bound bound = args.bind(2, "old", "new", "count");
    long count = bound.get("count") == null ? -1 : bound.integer("count", -1);
    return StringMethods.replace(
        args.work(),
        str(value, args),
        str(bound.get("old"), args),
        str(bound.get("new"), args),
        count);
  }

  /** Unlike {@code str.title}, words begin only after white space and a few opening signs. */
  private static String title(Work work, String text) {
    Text out = work.text();
    int word = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int end = i + Character.charCount(c);
      if (PyChars.isSpace(c) || "-({[<".indexOf(c) >= 0) {
        title(work, work.part(text, word, i), out);
        out.appendCodePoint(c);
        word = end;
      }
      i = end;
    }
    title(work, work.part(text, word), out);
    return out.toString();
  }

  private static void title(Work work, String word, Text out) {
    if (!word.isEmpty()) {
      int first = Character.charCount(word.codePointAt(0));
      out.append(Case.upper(work, work.part(word, 0, first)));
      out.append(Case.lower(work, work.part(word, first)));
    }
  }

  private static String indent(Object value, Args args) {
    Args.Bound bound = args.bind(0, "width", "first", "blank");
    Work work = args.work();
    Object width = bound.get("width", (long) DEFAULT_INDENT);
    String indent =
        PyTypes.isString(width)
            ? str(width, args)
            : StringMethods.padded(work, "", bound.integer("width", DEFAULT_INDENT), " ", 0, 1);
    List<Object> lines = Split.lines(work, str(PyNumber.add(work, value, "\n"), args), false);
    Text out = work.text().append(bound.flag("first") ? indent : "");
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
    return StringMethods.padded(args.work(), str(value, args), width, " ", 1, 2);
  }

  private static String format(Object value, Args args) {
    if (!args.named().isEmpty()) {
      throw new RenderException("format with names is not known here");
    }
    return Formatting.percent(
        args.work(), str(value, args), args.work().tuple(args.positional().toArray()));
  }

  private static String join(Object value, Args args) {
    Args.Bound bound = args.bind(0, "d", "attribute");
    Work work = args.work();
    String between = str(bound.get("d", ""), args);
    Text out = work.text();
    String before = "";
    for (Iterator<Object> items = work.iterate(value); items.hasNext(); ) {
      Object item = ItemFilters.path(work, items.next(), bound.get("attribute"));
      out.append(before).append(str(item, args));
      before = between;
    }
    return out.toString();
  }

  private static long wordCount(Object value, Args args) {
    args.bind(0);
    long words = 0;
    boolean inWord = false;
    String text = str(value, args);
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      boolean part = c == '_' || Character.isLetterOrDigit(c);
      words += part && !inWord ? 1 : 0;
      inWord = part;
    }
    return words;
  }
}
