package ai.signal.storage;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Queries, fragments and parameters of URIs. A file has none of them, and what is given there is
 * most often a key, whatever its name is.
 */
final class UriExtras {
  private static final String QUERY =
      "a query after the ? (as a pattern of names write * or [0-9] there)";
  private static final String FRAGMENT = "a fragment after the #";
  private static final String PARAMETER = "a parameter after the ;";

  /** The end of a glob after its last ?, as in {@code part-??.jsonl}. */
  private static final Pattern END_OF_GLOB =
      Pattern.compile(
          "|[^=&:@%+]*(?:[*\\]}]|\\.(?i:jsonl?|ndjson|csv|tsv|parquet|orc|avro|txt|log|gz|zst|bz2))");

  private static final Pattern END_OF_PIECE = Pattern.compile("[?/]");

  /** Text of a glob after a ?, up to the next ? or slash, as in {@code day-?/part-?-?}. */
  private static final Pattern INSIDE_GLOB = Pattern.compile("[^=&:@%+]{0,3}|[^=&:@%+]*[*\\]}]");

  private UriExtras() {}

  /**
   * The kind of what follows a path; empty where nothing does.
   *
   * @param rest of a URI, from the end of its authority
   */
  static Optional<String> in(String rest) {
    if (rest.contains("#")) {
      return Optional.of(FRAGMENT);
    }
    if (rest.contains(";")) {
      return Optional.of(PARAMETER);
    }
    for (int at = rest.indexOf('?'); at >= 0; at = rest.indexOf('?', at + 1)) {
      Matcher end = END_OF_PIECE.matcher(rest).region(at + 1, rest.length());
      boolean inside = end.find(); // another ?, or a directory's end, follows
      String piece = rest.substring(at + 1, inside ? end.start() : rest.length());
      if (!(inside ? INSIDE_GLOB : END_OF_GLOB).matcher(piece).matches()) {
        return Optional.of(QUERY);
      }
    }
    return Optional.empty();
  }
}
