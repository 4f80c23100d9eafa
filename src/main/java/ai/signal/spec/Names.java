package ai.signal.spec;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Names as a spec writes them, and the nearest one to a typing error. */
public final class Names {
  private Names() {}

  /** {@code maxLength} as {@code max_length}; {@code TrainStage} as {@code train_stage}. */
  public static String snake(String camel) {
    return camel.replaceAll("(?<=[a-z0-9])([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The name of one of a sealed interface's records, which end in the same word: {@code TrainStage}
   * is {@code train}.
   */
  public static String variant(Class<?> record) {
    String all = snake(record.getSimpleName());
    return all.substring(0, all.lastIndexOf('_'));
  }

  /** The candidate with the fewest edits, where they are few for the length of the name. */
  public static Optional<String> nearest(String name, Collection<String> candidates) {
    int most = Math.max(2, name.length() / 3);
    return candidates.stream()
        .filter(candidate -> edits(name, candidate) <= most)
        .min(
            Comparator.<String>comparingInt(candidate -> edits(name, candidate))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** Levenshtein's distance, where case and the choice of '-' or '_' are free. */
  private static int edits(String a, String b) {
    String from = a.toLowerCase(Locale.ROOT).replace('-', '_');
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (from.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
