package ai.signal.data;

import ai.signal.model.OneLine;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * Names in records that mean nothing here. Records are used without them, and they are named once
 * for a data set.
 */
final class UnusedKeys {
  /** Data with more of them is named by the first: keys may be data too. */
  static final int MOST = 20;

  private static final int MOST_CHARACTERS = 60;

  private final TreeSet<String> names = new TreeSet<>();

  /** Adds one, on one line and shortened where it is long. */
  void add(String name) {
    names.add(OneLine.cut(name, MOST_CHARACTERS));
    if (names.size() > MOST) {
      names.pollLast();
    }
  }

  /** Adds several. */
  void addAll(Collection<String> all) {
    all.forEach(this::add);
  }

  /** The names in their order, at most {@link #MOST}. */
  List<String> names() {
    return List.copyOf(names);
  }

  /** For {@link Tokenized}: null where there is none. */
  String[] array() {
    return names.isEmpty() ? null : names.toArray(String[]::new);
  }

  /**
   * Refuses a name that differs from one that is read in its case, in '-' and '_', or in being a
   * plural: it is taken for a typing error, since without it another thing would be learnt.
   *
   * @param known names that the record does not have
   */
  static void refuseTypingError(String name, Collection<String> known, String rule)
      throws RecordException {
    for (String meant : known) {
      if (stem(meant).equals(stem(name)) && !meant.equals(name)) {
        throw new RecordException(
            "'%s' is not a field here; did you mean '%s'? (%s)".formatted(name, meant, rule));
      }
    }
  }

  private static String stem(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
    return plain.endsWith("s") ? plain.substring(0, plain.length() - 1) : plain;
  }
}
