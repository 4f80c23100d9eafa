package ai.signal.storage;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds credentials in the authority of a URI, the part before the path: {@code KEY:SECRET@bucket}.
 * The rules differ by scheme, since only some have users or ports.
 */
final class UriAuthority {
  private static final String PASSWORD = "a password before the @";
  private static final String KEY = "a key before the @";
  private static final String NO_PORT = "a password or key after the :, where only a port may be";

  /**
   * A scheme, or nothing at the start, and its slashes: what follows is read as an authority. It is
   * tried once for each word, since the time would grow with the square of a word's length.
   */
  private static final Pattern AUTHORITY =
      Pattern.compile(
          "(?:(?<![A-Za-z0-9+.-])[0-9+.-]*+([A-Za-z][A-Za-z0-9+.-]*+)\\s*+:\\s*+|^)(/+)");

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

  private UriAuthority() {}

  /**
   * Returns the kind of credentials in the authorities of a path or of a word of a text; empty if
   * there are none.
   */
  static Optional<String> in(String form, boolean path) {
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
    return Optional.empty();
  }

  /** Returns the kind of credentials in a path that has a scheme and no slashes after it. */
  static Optional<String> inOpaque(String form) {
    Matcher opaque = OPAQUE.matcher(form);
    return opaque.matches()
        ? inOpaque(opaque.group(1).toLowerCase(Locale.ROOT), opaque.group(2))
        : Optional.empty();
  }

  /** Returns whether the URIs of a scheme name pages or clusters, where a text shows their form. */
  static boolean isOfOthers(String scheme) {
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
      return Optional.of(TokenShapes.KIND);
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
