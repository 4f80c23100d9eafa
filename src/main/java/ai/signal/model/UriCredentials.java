package ai.signal.model;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Locations that carry credentials. They are refused where they come in, since a location is
 * written to job specs, manifests, logs and the pages of Spark.
 */
public final class UriCredentials {
  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*", Pattern.DOTALL);

  /** {@code //user:password@}; a container of Azure, {@code //container@account}, has no colon. */
  private static final Pattern USER_INFO = Pattern.compile("//[^/?#@\\s]*(?::|%3[aA])[^/?#\\s]*@");

  /** {@code //key:with/slashes@}: what should be a port is none. */
  private static final Pattern NO_PORT =
      Pattern.compile("//[^/?#@\\[\\]\\s]*:(?![0-9]{0,5}(?:[/?#,\\s]|$))[^\\s]*@");

  private static final Pattern SIGNATURE =
      Pattern.compile(
          "(?i)([?&;](?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|awsaccesskeyid|googleaccessid|signature|sig"
              + "|[a-z._-]*(?:token|password|passwd|pwd|secret|secret_?key|access_?key|api_?key))=)[^&;\\s\"']*");

  private UriCredentials() {}

  /** What kind of credentials a location carries; nothing for one that is no URI. */
  public static Optional<String> in(String location) {
    if (location == null || !URI.matcher(location).matches()) {
      return Optional.empty();
    }
    if (USER_INFO.matcher(location).find() || NO_PORT.matcher(location).find()) {
      return Optional.of("a password before the @");
    }
    return SIGNATURE.matcher(location).find()
        ? Optional.of("a key or signature behind the ?")
        : Optional.empty();
  }

  /**
   * The location, if it carries none.
   *
   * @param what for the message: "Cannot save state"
   * @throws IllegalArgumentException with what is wrong and what to do, and without the credentials
   */
  public static String refuse(String what, String location) {
    in(location)
        .ifPresent(
            kind -> {
              throw new IllegalArgumentException(what + ": " + problem(location, kind));
            });
    return location;
  }

  /** What is wrong with a location that carries credentials, without them. */
  public static String problem(String location, String kind) {
    return "the %s location carries %s, and locations are written to job specs, manifests and logs; file systems take credentials from Spark's settings (spark.hadoop.fs.*) or from the platform (docs/security.md)"
        .formatted(location.substring(0, location.indexOf(':') + 1), kind);
  }

  /** A text without the credentials of locations in it. */
  public static String redacted(String text) {
    String clean =
        NO_PORT.matcher(USER_INFO.matcher(text).replaceAll("//***@")).replaceAll("//***@");
    return SIGNATURE.matcher(clean).replaceAll("$1***");
  }
}
