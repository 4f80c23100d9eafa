package ai.signal.model.tokenizer.regex;

import java.util.BitSet;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;

/**
 * Character properties of Unicode. A character that this JVM does not know yet may have any
 * property.
 */
final class Properties {
  private static final Map<String, CodePoints> KNOWN = new ConcurrentHashMap<>();

  /** General categories in the order of {@link Character#getType(int)}; 17 is not used. */
  private static final String[] CATEGORIES = {
    "cn", "lu", "ll", "lt", "lm", "lo", "mn", "me", "mc", "nd", "nl", "no", "zs", "zl", "zp", "cc",
    "cf", "", "co", "cs", "pd", "ps", "pe", "pc", "po", "sm", "sc", "sk", "so", "pi", "pf"
  };

  private static final byte[] TYPES = new byte[CodePoints.COUNT];
  private static final BitSet UNKNOWN = new BitSet();

  static {
    for (int c = 0; c < CodePoints.COUNT; c++) {
      TYPES[c] = (byte) Character.getType(c);
      UNKNOWN.set(c, TYPES[c] == Character.UNASSIGNED);
    }
  }

  private Properties() {}

  /** What {@code \p{name}} matches, for the names that tokenizers use. */
  static CodePoints named(String name) throws PatternException {
    String key = name.toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
    CodePoints known = KNOWN.get(key);
    if (known == null) {
      known = of(predicate(name, key));
      KNOWN.put(key, known);
    }
    return known;
  }

  /** {@code \s}, whose members are fixed since Unicode 6.3. */
  static CodePoints space() {
    return KNOWN.computeIfAbsent("\\s", key -> exactly(Properties::isSpace));
  }

  /** {@code \w}. */
  static CodePoints word() {
    return KNOWN.computeIfAbsent("\\w", key -> of(Properties::isWord));
  }

  /** {@code \d}. */
  static CodePoints digit() {
    return KNOWN.computeIfAbsent("\\d", key -> of(Character::isDigit));
  }

  static BitSet foreignLetters() {
    return KNOWN
        .computeIfAbsent("foreign", key -> of(c -> c >= 0x80 && Character.isLetter(c)))
        .maybe();
  }

  private static IntPredicate predicate(String name, String key) throws PatternException {
    switch (key) {
      case "alpha", "alphabetic" -> {
        return Character::isAlphabetic;
      }
      case "alnum" -> {
        return c -> Character.isAlphabetic(c) || Character.isDigit(c);
      }
      case "digit" -> {
        return Character::isDigit;
      }
      case "space", "whitespace" -> {
        return Properties::isSpace;
      }
      case "upper", "uppercase" -> {
        return Character::isUpperCase;
      }
      case "lower", "lowercase" -> {
        return Character::isLowerCase;
      }
      case "word" -> {
        return Properties::isWord;
      }
      case "letter" -> {
        return Character::isLetter;
      }
      case "punct", "punctuation" -> {
        int punctuation = mask("p");
        return c -> (punctuation >>> TYPES[c]) % 2 != 0 || (c > 0x20 && c < 0x7f);
      }
      default -> {
        return categoryOrScript(name, key);
      }
    }
  }

  private static IntPredicate categoryOrScript(String name, String key) throws PatternException {
    int mask = mask(key);
    if (mask != 0) {
      return c -> (mask >>> TYPES[c]) % 2 != 0;
    }
    try {
      Character.UnicodeScript script = Character.UnicodeScript.forName(key);
      return c -> Character.UnicodeScript.of(c) == script;
    } catch (IllegalArgumentException e) {
      throw new PatternException("has the unknown property '" + name + "'");
    }
  }

  /** The types whose category begins so, as a bit each; none where there is no such category. */
  private static int mask(String category) {
    int mask = 0;
    for (int type = 0; type < CATEGORIES.length; type++) {
      if (!category.isEmpty() && CATEGORIES[type].startsWith(category)) {
        mask |= 1 << type;
      }
    }
    return mask;
  }

  private static boolean isWord(int c) {
    return Character.isAlphabetic(c)
        || TYPES[c] == Character.CONNECTOR_PUNCTUATION
        || TYPES[c] == Character.DECIMAL_DIGIT_NUMBER
        || CATEGORIES[TYPES[c]].startsWith("m");
  }

  private static boolean isSpace(int c) {
    return (c >= 9 && c <= 13) || c == 0x85 || CATEGORIES[TYPES[c]].startsWith("z");
  }

  private static CodePoints exactly(IntPredicate members) {
    BitSet set = new BitSet();
    for (int c = 0; c < CodePoints.COUNT; c++) {
      if (members.test(c)) {
        set.set(c);
      }
    }
    return new CodePoints(set, set);
  }

  private static CodePoints of(IntPredicate members) {
    BitSet surely = exactly(members).surely();
    BitSet maybe = (BitSet) surely.clone();
    maybe.or(UNKNOWN);
    surely.andNot(UNKNOWN);
    return new CodePoints(surely, maybe);
  }
}
