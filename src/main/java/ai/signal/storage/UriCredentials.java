package ai.signal.storage;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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
  private static final String PASSWORD = "a password before the @";
  private static final String KEY = "a key before the @";
  private static final String NO_PORT = "a password or key after the :, where only a port may be";
  private static final String SIGNATURE = "a key or signature after the ?";
  private static final String TOKEN = "a token";
  private static final String NAMED = "a key or token as NAME=VALUE";

  /** Encodings of encodings that are undone. */
  private static final int DECODINGS = 8;

  private static final Pattern ESCAPE = Pattern.compile("%([0-7][0-9A-Fa-f])");

  /** Characters that NFKC leaves as they are, and what they look like. */
  private static final String LOOKALIKES = "\u2236\ua789\u02d0\u2044\u2215\u29f8";

  private static final String ALIKE = ":::///";

  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cntrl}\\p{Cf}]");

  /**
   * A scheme, or nothing at the start, and its slashes: what follows is read as an authority. It is
   * tried once for each word, since the time would grow with the square of a word's length.
   */
  private static final Pattern AUTHORITY =
      Pattern.compile(
          "(?:(?<![A-Za-z0-9+.-])[0-9+.-]*+([A-Za-z][A-Za-z0-9+.-]*+)\\s*+:\\s*+|^)(/+)");

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

  private static final Pattern END_OF_AUTHORITY = Pattern.compile("[/?#]");

  /** {@code s3a:KEY:SECRET@bucket} has no slashes at all. */
  private static final Pattern OPAQUE = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*):([^/].*)$");

  private static final Pattern HOSTS =
      Pattern.compile("(?:\\[[0-9A-Fa-f:.%]+\\]|[^:,\\[\\]]*)(?::[0-9]{1,5})?(?:,|$)");

  /** Schemes whose paths are of one machine or workspace, so that one slash starts a path. */
  private static final Set<String> NO_AUTHORITY = Set.of("file", "dbfs", "builtin");

  /** Schemes with a user's or a container's name before the @, which is no secret. */
  private static final Set<String> NAME_FIRST =
      Set.of(
          "abfs",
          "abfss",
          "wasb",
          "wasbs",
          "hdfs",
          "webhdfs",
          "swebhdfs",
          "viewfs",
          "hf",
          "ftp",
          "sftp");

  /** Schemes of buckets, which have neither ports nor users. */
  private static final Set<String> BUCKETS =
      Set.of(
          "s3", "s3a", "s3n", "gs", "oss", "cos", "cosn", "obs", "abfs", "abfss", "wasb", "wasbs");

  /** Schemes that texts explain, as in spark://HOST:PORT. */
  private static final Set<String> OF_OTHERS = Set.of("http", "https", "spark", "k8s", "jdbc");

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

  /** Without characters that are not seen, and with those of ASCII for others that look so. */
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
      return Optional.of(TOKEN);
    }
    int lastAt = form.lastIndexOf('@');
    Matcher authority = AUTHORITY.matcher(form);
    while (authority.find()) {
      String scheme = authority.group(1) == null ? "" : authority.group(1).toLowerCase(Locale.ROOT);
      int slashes = authority.group(2).length();
      boolean local = scheme.isEmpty() || NO_AUTHORITY.contains(scheme);
      if (!local || slashes == 2 || (slashes > 2 && !scheme.isEmpty())) {
        String here = authority(form, authority.end());
        boolean later = lastAt >= authority.end() + here.length();
        boolean first = authority.start() == 0 && scheme.length() > 1 && !local;
        Optional<String> kind = inAuthority(scheme, slashes, here, later, path, first);
        if (kind.isPresent()) {
          return kind;
        }
      }
    }
    if (NamedSecrets.areParameters(form)) {
      return Optional.of(SIGNATURE);
    }
    return path ? inPath(form) : inUri(form);
  }

  /** What no path of a file may have, while a text may. */
  private static Optional<String> inPath(String form) {
    if (NamedSecrets.areParts(form)) {
      return Optional.of(NAMED);
    }
    Matcher opaque = OPAQUE.matcher(form);
    if (opaque.matches()) {
      Optional<String> kind = inOpaque(opaque.group(1).toLowerCase(Locale.ROOT), opaque.group(2));
      if (kind.isPresent()) {
        return kind;
      }
    }
    Matcher uri = URI.matcher(form);
    return uri.find() ? UriExtras.in(form.substring(uri.end())) : Optional.empty();
  }

  /** The same for a word of a text, where it is the URI of a file. */
  private static Optional<String> inUri(String word) {
    Matcher uri = URI.matcher(word);
    if (!uri.find() || uri.group(1) == null || isOfOthers(uri.group(1))) {
      return Optional.empty();
    }
    return NamedSecrets.areParts(word)
        ? Optional.of(NAMED)
        : UriExtras.in(word.substring(uri.end()));
  }

  /** Whether the URIs of a scheme name pages or clusters, where a text shows their form. */
  private static boolean isOfOthers(String scheme) {
    return OF_OTHERS.contains(scheme.toLowerCase(Locale.ROOT));
  }

  /**
   * Looks before the first slash, and after it where what should be a port is none: {@code
   * KEY:SECRET/WITH/SLASHES@bucket}.
   *
   * @param later whether there is an @ after the authority
   * @param first whether a path begins with it, so that one slash is a misspelt URI
   */
  private static Optional<String> inAuthority(
      String scheme, int slashes, String authority, boolean later, boolean path, boolean first) {
    int at = authority.lastIndexOf('@');
    String user = authority.substring(0, Math.max(at, 0));
    if (user.contains(":")) {
      return Optional.of(PASSWORD);
    }
    if (user.startsWith("hf_")) {
      return Optional.of(TOKEN);
    }
    String host = authority.substring(at + 1);
    if (host.contains(":")
        && (BUCKETS.contains(scheme) || !HOSTS.matcher(host).replaceAll("").isEmpty())) {
      boolean file = path || !(scheme.isEmpty() || isOfOthers(scheme));
      boolean noPort = file && (slashes == 2 || (path && (first || BUCKETS.contains(scheme))));
      if (later || noPort) {
        return Optional.of(later ? PASSWORD : NO_PORT);
      }
    }
    boolean mayBeKey =
        path && !NAME_FIRST.contains(scheme) && (slashes == 2 || BUCKETS.contains(scheme));
    return mayBeKey && !user.isEmpty() ? Optional.of(KEY) : Optional.empty();
  }

  private static String authority(String form, int start) {
    Matcher end = END_OF_AUTHORITY.matcher(form);
    return form.substring(start, end.find(start) ? end.start() : form.length());
  }

  private static Optional<String> inOpaque(String scheme, String rest) {
    String authority = authority(rest, 0);
    if (authority.substring(0, Math.max(authority.lastIndexOf('@'), 0)).contains(":")) {
      return Optional.of(PASSWORD);
    }
    if (BUCKETS.contains(scheme) && authority.contains(":")) {
      return Optional.of(NO_PORT);
    }
    boolean named = NAME_FIRST.contains(scheme) || NO_AUTHORITY.contains(scheme);
    return !named && rest.contains("@") ? Optional.of(PASSWORD) : Optional.empty();
  }
}
