package ai.signal.storage;

import java.text.Normalizer;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds credentials in paths and texts. They are refused where they come in, since a path is
 * written to job specs, manifests, logs and the pages of Spark.
 *
 * <p>The search is wider than what a URI parser accepts: a misspelt URI, such as {@code
 * s3a:/KEY:SECRET@bucket}, has the secret in it all the same, and file systems quote what they
 * cannot parse.
 */
public final class UriCredentials {
  private static final String SIGNATURE = "a key or signature after the ?";
  private static final String NAMED = "a key or token as NAME=VALUE";

  /** Encodings of encodings that are undone. */
  private static final int DECODINGS = 8;

  private static final Pattern ESCAPE = Pattern.compile("%([0-7][0-9A-Fa-f])");

  /** Characters that NFKC leaves as they are, and what they look like. */
  private static final String LOOKALIKES = "\u2236\ua789\u02d0\u2044\u2215\u29f8";

  private static final String ALIKE = ":::///";

  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cntrl}\\p{Cf}]");

  /**
   * A scheme at the start of a path, or one with two slashes in it, and an authority. {@code
   * file:/} with one slash is how Hadoop writes a name of this machine, which may have any
   * characters.
   */
  private static final Pattern URI =
      Pattern.compile(
          "(?:(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]++)\\s*+:\\s*+/(?=/)"
              + "|^[`'\"]?(?!(?i:file):/(?!/))[A-Za-z][A-Za-z0-9+.-]++\\s*+:"
              + "|^/(?=/))[/\\s]*+[^/?#;]*+");

  private static final Pattern END_OF_CLAUSE = Pattern.compile("[;:,.?!)]+$");

  private static final Pattern WORD = Pattern.compile("[^\\s\"'<>]+");

  private UriCredentials() {}

  /** The kind of credentials in a path; empty if there are none. */
  public static Optional<String> in(String path) {
    return find(path, true);
  }

  /**
   * The kind of credentials in the URIs of a text. Unlike {@link #in} it does not take the text's
   * own {@code word:word@word} for a misspelt URI.
   */
  public static Optional<String> inText(String text) {
    return WORD.matcher(text)
        .results()
        .flatMap(word -> find(word.group(), false).stream())
        .findFirst();
  }

  /** A text with each word that carries credentials replaced by asterisks. */
  public static String redacted(String text) {
    return WORD.matcher(text)
        .replaceAll(word -> find(word.group(), false).isPresent() ? "***" : "$0");
  }

  private static Optional<String> find(String given, boolean path) {
    String form = plain(path ? given : END_OF_CLAUSE.matcher(given).replaceAll(""));
    for (int i = 0; i < DECODINGS; i++) {
      Optional<String> kind = inForm(form.replace('\\', '/'), path);
      if (kind.isPresent()) {
        return kind;
      }
      String decoded =
          ESCAPE
              .matcher(form)
              .replaceAll(
                  escape ->
                      Matcher.quoteReplacement(
                          String.valueOf((char) Integer.parseInt(escape.group(1), 16))));
      if (decoded.equals(form)) {
        break;
      }
      form = plain(decoded);
    }
    return Optional.empty();
  }

  /** Removes invisible characters, and replaces look-alikes with ASCII. */
  private static String plain(String given) {
    StringBuilder plain = new StringBuilder();
    String form = Normalizer.normalize(given, Normalizer.Form.NFKC);
    for (char c : UNSEEN.matcher(form).replaceAll("").toCharArray()) {
      int alike = LOOKALIKES.indexOf(c);
      plain.append(alike < 0 ? c : ALIKE.charAt(alike));
    }
    return plain.toString().strip();
  }

  private static Optional<String> inForm(String form, boolean path) {
    if (TokenShapes.areIn(form) || (path && TokenShapes.withSpacesAreIn(form))) {
      return Optional.of(TokenShapes.KIND);
    }
    Optional<String> kind = UriAuthority.in(form, path);
    if (kind.isPresent()) {
      return kind;
    }
    if (NamedSecrets.areParameters(form)) {
      return Optional.of(SIGNATURE);
    }
    return path ? inPath(form) : inUri(form);
  }

  /** Finds what a text may have, but no path of a file. */
  private static Optional<String> inPath(String form) {
    if (NamedSecrets.areParts(form)) {
      return Optional.of(NAMED);
    }
    Optional<String> kind = UriAuthority.inOpaque(form);
    if (kind.isPresent()) {
      return kind;
    }
    Matcher uri = URI.matcher(form);
    return uri.find() ? UriExtras.in(form.substring(uri.end())) : Optional.empty();
  }

  /** Finds the same in a word of a text, where it is the URI of a file. */
  private static Optional<String> inUri(String word) {
    Matcher uri = URI.matcher(word);
    if (!uri.find() || uri.group(1) == null || UriAuthority.isOfOthers(uri.group(1))) {
      return Optional.empty();
    }
    return NamedSecrets.areParts(word)
        ? Optional.of(NAMED)
        : UriExtras.in(word.substring(uri.end()));
  }
}
