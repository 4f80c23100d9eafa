package ai.signal.storage;

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
  private static final String SIGNATURE = "a key or signature after the ?";
  private static final String TOKEN = "a token";

  /** Encodings of encodings that are undone. */
  private static final int DECODINGS = 8;

  private static final Pattern ESCAPE = Pattern.compile("%([0-7][0-9A-Fa-f])");
  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cntrl}\\p{Cf}]");

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

  private static final Pattern NAMED_SECRET =
      Pattern.compile(
          "(?i)[?&;#,]\\s*(?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|awsaccesskeyid|googleaccessid"
              + "|signature|sig|se|sp|sas|auth|authorization|bearer|jwt|pass|key"
              + "|[a-z0-9._-]*(?:token|password|passwd|passphrase|pwd|secret|credentials?|(?:secret|access|api|account|private|shared|auth|encryption)[._-]?(?:access[._-]?)?key(?:[._-]?id)?))\\s*=");

  /** A token of the Hugging Face Hub. */
  private static final Pattern HUB_TOKEN =
      Pattern.compile("(?<![A-Za-z0-9])hf_[A-Za-z0-9]{20,}(?![A-Za-z0-9])");

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
    String form = UNSEEN.matcher(given).replaceAll("").strip();
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
      form = UNSEEN.matcher(decoded).replaceAll("").strip();
    }
    return Optional.empty();
  }

  private static Optional<String> inForm(String form, boolean path) {
    if (HUB_TOKEN.matcher(form).find()) {
      return Optional.of(TOKEN);
    }
    int lastAt = form.lastIndexOf('@');
    Matcher authority = AUTHORITY.matcher(form);
    while (authority.find()) {
      String scheme = authority.group(1) == null ? "" : authority.group(1).toLowerCase(Locale.ROOT);
      int slashes = authority.group(2).length();
      boolean local = scheme.isEmpty() || NO_AUTHORITY.contains(scheme);
      if (!local || slashes == 2) {
        String here = authority(form, authority.end());
        boolean later = lastAt >= authority.end() + here.length();
        Optional<String> kind = inAuthority(scheme, slashes, here, later, path);
        if (kind.isPresent()) {
          return kind;
        }
      }
    }
    Matcher opaque = OPAQUE.matcher(form);
    if (path && opaque.matches()) {
      Optional<String> kind = inOpaque(opaque.group(1).toLowerCase(Locale.ROOT), opaque.group(2));
      if (kind.isPresent()) {
        return kind;
      }
    }
    return NAMED_SECRET.matcher(form).find() ? Optional.of(SIGNATURE) : Optional.empty();
  }

  /**
   * Looks before the first slash, and after it where what should be a port is none: {@code
   * KEY:SECRET/WITH/SLASHES@bucket}.
   *
   * @param later whether there is an @ after the authority
   */
  private static Optional<String> inAuthority(
      String scheme, int slashes, String authority, boolean later, boolean path) {
    int at = authority.lastIndexOf('@');
    String user = authority.substring(0, Math.max(at, 0));
    if (user.contains(":")) {
      return Optional.of(PASSWORD);
    }
    if (user.startsWith("hf_")) {
      return Optional.of(TOKEN);
    }
    String host = authority.substring(at + 1);
    if (later
        && host.contains(":")
        && (BUCKETS.contains(scheme) || !HOSTS.matcher(host).replaceAll("").isEmpty())) {
      return Optional.of(PASSWORD);
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
    boolean named = NAME_FIRST.contains(scheme) || NO_AUTHORITY.contains(scheme);
    return !named && rest.contains("@") ? Optional.of(PASSWORD) : Optional.empty();
  }
}
