package ai.signal.chat;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/** The methods of strings. */
final class StringMethods {
  private static final Map<String, Body> METHODS = new TreeMap<>();

  /** Python's others: refused, where an unknown name would silently be undefined. */
  private static final Set<String> UNKNOWN =
      Set.of(
          "encode",
          "expandtabs",
          "format_map",
          "isascii",
          "isdecimal",
          "isidentifier",
          "isnumeric",
          "isprintable",
          "istitle",
          "maketrans",
          "translate");

  private StringMethods() {}

  @FunctionalInterface
  private interface Body {
    Object of(String text, Args args);
  }

  static {
    METHODS.put("strip", (text, args) -> Strip.both(args.work(), text, chars(args)));
    METHODS.put("lstrip", (text, args) -> Strip.left(args.work(), text, chars(args)));
    METHODS.put("rstrip", (text, args) -> Strip.right(args.work(), text, chars(args)));
    METHODS.put("split", (text, args) -> split(text, args, false));
    METHODS.put("rsplit", (text, args) -> split(text, args, true));
    METHODS.put(
        "splitlines",
        (text, args) -> Split.lines(args.work(), text, args.bind(0, "keepends").flag("keepends")));
    METHODS.put("partition", StringMethods::partition);
    METHODS.put("rpartition", StringMethods::rpartition);
    METHODS.put("join", StringMethods::join);
    METHODS.put("replace", StringMethods::replace);
    METHODS.put("removeprefix", StringMethods::removePrefix);
    METHODS.put("removesuffix", StringMethods::removeSuffix);
    METHODS.put("startswith", (text, args) -> affix(text, args, true));
    METHODS.put("endswith", (text, args) -> affix(text, args, false));
    METHODS.put("find", (text, args) -> find(text, args, false));
    METHODS.put("rfind", (text, args) -> find(text, args, true));
    METHODS.put("index", (text, args) -> index(text, args, false));
    METHODS.put("rindex", (text, args) -> index(text, args, true));
    METHODS.put("count", StringMethods::count);
    METHODS.put("format", Formatting::braces);
    METHODS.put("upper", (text, args) -> plain(args, Case.upper(args.work(), text)));
    METHODS.put("lower", (text, args) -> plain(args, Case.lower(args.work(), text)));
    METHODS.put(
        "casefold",
        (text, args) -> plain(args, Case.lower(args.work(), Case.upper(args.work(), text))));
    METHODS.put("capitalize", (text, args) -> plain(args, Case.capitalize(args.work(), text)));
    METHODS.put("title", (text, args) -> plain(args, Case.title(args.work(), text)));
    METHODS.put("swapcase", (text, args) -> plain(args, Case.swap(args.work(), text)));
    METHODS.put("isupper", (text, args) -> plain(args, Case.isUpper(args.work(), text)));
    METHODS.put("islower", (text, args) -> plain(args, Case.isLower(args.work(), text)));
    METHODS.put("isspace", (text, args) -> plain(args, all(args.work(), text, PyChars::isSpace)));
    METHODS.put("isdigit", (text, args) -> plain(args, all(args.work(), text, Character::isDigit)));
    METHODS.put(
        "isalpha", (text, args) -> plain(args, all(args.work(), text, Character::isLetter)));
    METHODS.put(
        "isalnum", (text, args) -> plain(args, all(args.work(), text, Character::isLetterOrDigit)));
    METHODS.put("ljust", (text, args) -> pad(text, args, 0, 1));
    METHODS.put("rjust", (text, args) -> pad(text, args, 1, 1));
    METHODS.put("center", (text, args) -> pad(text, args, 1, 2));
    METHODS.put("zfill", StringMethods::zeroFill);
  }

  static Set<String> names() {
    return METHODS.keySet();
  }

  static Object of(String text, String name) {
    Body method = METHODS.get(name);
    if (method != null) {
      return new Method(text, args -> method.of(text, args));
    } else if (UNKNOWN.contains(name)) {
      throw new RenderException(
          "the string method '%s' is not known here (known: %s)"
              .formatted(name, String.join(", ", METHODS.keySet())));
    }
    return Undefined.attribute(text, name);
  }

  /** Methods of Markup escape their arguments, which no chat template needs. */
  static Object ofMarkup(Markup markup, String name) {
    if (METHODS.containsKey(name) || UNKNOWN.contains(name)) {
      throw new RenderException("string methods on the result of 'safe' are not known here");
    }
    return Undefined.attribute(markup, name);
  }

  private static String chars(Args args) {
    return args.bind(0, "chars").textOrNull("chars");
  }

  private static <T> T plain(Args args, T value) {
    args.bind(0);
    return value;
  }

  private static PyList split(String text, Args args, boolean fromRight) {
    Args.Bound bound = args.bind(0, "sep", "maxsplit");
    String separator = bound.textOrNull("sep");
    long most = bound.integer("maxsplit", -1);
    int limit = most < 0 || most > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) most;
    Work work = args.work();
    if (separator == null) {
      return fromRight ? Split.rightAtSpaces(work, text, limit) : Split.atSpaces(work, text, limit);
    } else if (separator.isEmpty()) {
      throw new RenderException("empty separator");
    }
    return fromRight
        ? Split.right(work, text, separator, limit)
        : Split.left(work, text, separator, limit);
  }

  private static Tuple partition(String text, Args args) {
    String separator = args.bind(1, "sep").text("sep");
    return parted(
        args.work(), text, separator, Search.first(args.work(), text, separator, 0), true);
  }

  private static Tuple rpartition(String text, Args args) {
    String separator = args.bind(1, "sep").text("sep");
    int at = Search.last(args.work(), text, separator, text.length());
    return parted(args.work(), text, separator, at, false);
  }

  private static Tuple parted(Work work, String text, String separator, int at, boolean first) {
    if (at < 0) {
      return first ? work.tuple(text, "", "") : work.tuple("", "", text);
    }
    return work.tuple(work.part(text, 0, at), separator, work.part(text, at + separator.length()));
  }

  private static String join(String text, Args args) {
    Work work = args.work();
    Text out = work.text();
    String between = "";
    for (Iterator<Object> items = work.iterate(args.bind(1, "iterable").get("iterable"));
        items.hasNext(); ) {
      Object item = items.next();
      if (!PyTypes.isString(item)) {
        throw new RenderException("join takes strings, not " + PyTypes.name(item));
      }
      out.append(between).append(PyText.str(work, item));
      between = text;
    }
    return out.toString();
  }

  private static String replace(String text, Args args) {
    Args.Bound bound = args.bind(2, "old", "new", "count");
    return replace(
        args.work(), text, bound.text("old"), bound.text("new"), bound.integer("count", -1));
  }

  static String replace(Work work, String text, String old, String replacement, long count) {
    Text out = work.text();
    int done = 0;
    for (long i = 0; count < 0 || i < count; i++) {
      work.read(1);
      int at = old.isEmpty() && i > 0 ? next(text, done) : Search.first(work, text, old, done);
      if (at < 0) {
        break;
      }
      out.append(text, done, at).append(replacement);
      done = at + old.length();
    }
    return out.append(text, done, text.length()).toString();
  }

  private static int next(String text, int at) {
    return at >= text.length() ? -1 : text.offsetByCodePoints(at, 1);
  }

  private static String removePrefix(String text, Args args) {
    String prefix = args.bind(1, "prefix").text("prefix");
    return text.startsWith(prefix) ? args.work().part(text, prefix.length()) : text;
  }

  private static String removeSuffix(String text, Args args) {
    String suffix = args.bind(1, "suffix").text("suffix");
    return text.endsWith(suffix)
        ? args.work().part(text, 0, text.length() - suffix.length())
        : text;
  }

  private static boolean affix(String text, Args args, boolean start) {
    Args.Bound bound = args.bind(1, "affix", "start", "end");
    Object affix = bound.get("affix");
    String part =
        (String) PyItems.slice(args.work(), text, bound.get("start"), bound.get("end"), null);
    List<?> affixes = affix instanceof Tuple tuple ? tuple : Collections.singletonList(affix);
    for (Object each : affixes) {
      if (!PyTypes.isString(each)) {
        throw new RenderException(
            args.callee() + " takes a string or a tuple of strings, not " + PyTypes.name(each));
      }
      String one = PyText.str(args.work(), each);
      args.work().read(one.length());
      if (start ? part.startsWith(one) : part.endsWith(one)) {
        return true;
      }
    }
    return false;
  }

  private static long find(String text, Args args, boolean last) {
    Args.Bound bound = args.bind(1, "sub", "start", "end");
    if (bound.values().size() > 1) {
      throw new RenderException(args.callee() + " with a start or end is not known here");
    }
    String sub = bound.text("sub");
    int at =
        last
            ? Search.last(args.work(), text, sub, text.length())
            : Search.first(args.work(), text, sub, 0);
    return at < 0 ? -1 : text.codePointCount(0, at);
  }

  private static long index(String text, Args args, boolean last) {
    long at = find(text, args, last);
    if (at < 0) {
      throw new RenderException("substring not found");
    }
    return at;
  }

  private static long count(String text, Args args) {
    String sub = args.bind(1, "sub").text("sub");
    if (sub.isEmpty()) {
      return PyTypes.length(text) + 1;
    }
    long count = 0;
    for (int at = 0; (at = Search.first(args.work(), text, sub, at)) >= 0; at += sub.length()) {
      count++;
    }
    return count;
  }

  private static boolean all(Work work, String text, IntPredicate is) {
    work.read(4L * text.length());
    return !text.isEmpty() && text.codePoints().allMatch(is);
  }

  /** Puts {@code left / of} of the padding before the text. */
  private static String pad(String text, Args args, int left, int of) {
    Args.Bound bound = args.bind(1, "width", "fillchar");
    String fill = bound.get("fillchar") == null ? " " : bound.text("fillchar");
    if (PyTypes.length(fill) != 1) {
      throw new RenderException("the fill character must be one character");
    }
    return padded(args.work(), text, bound.integer("width", 0), fill, left, of);
  }

  static String padded(Work work, String text, long width, String fill, int left, int of) {
    long padding = Math.max(0, width - PyTypes.length(text));
    // Python's center rounds the left half up when both are odd.
    long before = of == 1 ? padding * left : padding / 2 + (padding & width & 1);
    return work.text().repeat(fill, before).append(text).repeat(fill, padding - before).toString();
  }

  private static String zeroFill(String text, Args args) {
    Work work = args.work();
    long width = args.bind(1, "width").integer("width", 0);
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String sign = signed ? text.substring(0, 1) : "";
    String digits = work.part(text, sign.length());
    long wanted = Math.max(0, width) - sign.length();
    return work.joined(sign, padded(work, digits, wanted, "0", 1, 1));
  }
}
