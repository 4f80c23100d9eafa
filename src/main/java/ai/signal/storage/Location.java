package ai.signal.storage;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A path that a user gives, from the moment it is read: a file or directory of this machine, or a
 * URI of a file system that Hadoop reaches. It carries no credentials, and it is one line of valid
 * Unicode, so that it may be written to logs, specs and manifests. {@code ~} at its start is the
 * home directory of the driver's user.
 */
public final class Location {
  private static final String DEFAULT_FILE_SYSTEM = FileSystem.FS_DEFAULT_NAME_KEY;

  /** One letter is a drive of other systems, not a scheme. */
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*");

  /** A scheme that can be shown: what precedes the colon otherwise may be a key. */
  private static final Pattern SHOWN_SCHEME =
      Pattern.compile("\\s*([A-Za-z][A-Za-z0-9+.-]{1,15}):[/\\\\].*", Pattern.DOTALL);

  private static final Pattern OF_OTHERS = Pattern.compile("~[^/].*", Pattern.DOTALL);

  private final String text;
  private final boolean ofHome;

  private Location(String text, boolean ofHome) {
    this.text = text;
    this.ofHome = ofHome;
  }

  /**
   * Reads a path.
   *
   * @param operation for the message: "Cannot save state"
   * @throws IllegalArgumentException if the path is refused; the message says why and does not
   *     repeat it
   */
  public static Location of(String operation, String path) {
    problem(path)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(operation + ": " + problem);
            });
    boolean ofHome = path.equals("~") || path.startsWith("~/");
    return new Location(ofHome ? home() + path.substring(1) : path, ofHome);
  }

  /** Returns the home directory that shells use for {@code ~}. */
  private static String home() {
    return System.getenv().getOrDefault("HOME", System.getProperty("user.home"));
  }

  /** Returns why a path is refused, without repeating it; empty if it is not. */
  public static Optional<String> problem(String path) {
    if (path == null || path.isBlank()) {
      return Optional.of("the location is empty; name a path or a URI");
    }
    Optional<String> credentials = UriCredentials.in(path);
    if (credentials.isPresent()) {
      return Optional.of(carries(shownScheme(path), credentials.get()));
    }
    if (OF_OTHERS.matcher(path).matches()) {
      return Optional.of(
          "the home directory of another user is not known; name it in full, or ~/... for your own");
    }
    return path.codePoints()
        .filter(Location::breaksText)
        .mapToObj(
            c ->
                "the location has %s (U+%04X); remove it"
                    .formatted(
                        Character.getType(c) == Character.SURROGATE
                            ? "half a surrogate pair"
                            : "a control character",
                        c))
        .findFirst();
  }

  /**
   * Refuses a default file system with credentials, which Hadoop would add to paths that name no
   * file system.
   *
   * @throws IllegalArgumentException that does not repeat them
   */
  public static void requireCleanDefault(String operation, Configuration conf) {
    String given = conf.get(DEFAULT_FILE_SYSTEM, "");
    UriCredentials.in(given)
        .ifPresent(
            kind -> {
              throw new IllegalArgumentException(
                  "%s: %s is refused: %s"
                      .formatted(
                          operation, DEFAULT_FILE_SYSTEM, carries(shownScheme(given), kind)));
            });
  }

  private static String carries(String scheme, String kind) {
    return "the %slocation carries %s, and locations are written to job specs, manifests and logs; file systems take credentials from Spark's settings (spark.hadoop.fs.*) or from the platform (docs/security.md)"
        .formatted(scheme, kind);
  }

  private static String shownScheme(String path) {
    Matcher scheme = SHOWN_SCHEME.matcher(path);
    return scheme.matches() ? scheme.group(1) + ": " : "";
  }

  private static boolean breaksText(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  /** The scheme in lower case, as in {@code s3a://bucket/x}; empty if the path names none. */
  public Optional<String> scheme() {
    Matcher scheme = SCHEME.matcher(text);
    return scheme.matches()
        ? Optional.of(scheme.group(1).toLowerCase(Locale.ROOT))
        : Optional.empty();
  }

  /**
   * The path on this machine, of a location without a scheme or with {@code file:}.
   *
   * @throws IllegalArgumentException if the name cannot be one here, or the location is of another
   *     file system
   */
  public java.nio.file.Path local() {
    try {
      if (scheme().isEmpty()) {
        return java.nio.file.Path.of(text);
      }
      if (scheme().get().equals("file")) {
        return java.nio.file.Path.of(URI.create(text));
      }
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "the path cannot be a file name on this machine: %s (encoding of names %s); set LC_ALL=C.UTF-8"
              .formatted(e.getReason(), System.getProperty("sun.jnu.encoding")),
          e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the file: URI is not valid: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException(
        "it is a %s: location; name a directory of this machine".formatted(scheme().get()));
  }

  /**
   * The path as Hadoop takes it.
   *
   * @throws IllegalArgumentException if it would be on a default file system with credentials
   */
  public Path path(Configuration conf) {
    Path path = new Path(ofHome ? "file://" + text : text);
    if (path.toUri().getAuthority() == null) {
      requireCleanDefault("Cannot open " + text, conf);
    }
    return path;
  }

  /** The path as it was given, the home directory filled in. */
  @Override
  public String toString() {
    return text;
  }
}
