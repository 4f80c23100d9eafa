package ai.signal.storage;

import java.util.regex.Pattern;

/** Secrets that a path gives as {@code name=value}. */
final class NamedSecrets {
  private static final String KEY =
      "(?:secret|access|api|account|private|shared|auth|encryption)[._-]?(?:access[._-]?)?key";

  /**
   * Names of secrets, whatever comes before them: {@code fs.s3a.secret.key}, {@code my_password}.
   */
  private static final String NAME =
      "[a-z0-9._-]*(?:password|passwd|passphrase|pwd|secret|credentials?|" + KEY + "(?:[._-]?id)?)";

  private static final String TOKEN = "[a-z0-9._-]*token";

  /** Names that are secrets only as parameters of a URI: a partition may be called {@code key}. */
  private static final Pattern PARAMETER =
      Pattern.compile(
          "(?i)[?&;#,]\\s*(?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|awsaccesskeyid|googleaccessid"
              + "|signature|sig|se|sp|sas|auth|authorization|bearer|jwt|pass|key|ticket|delegation|sessionid|jsessionid|"
              + NAME
              + "|"
              + TOKEN
              + ")\\s*=");

  /**
   * In directories. Partitions have names too: {@code token=17} is a number, and so no token. A key
   * of Azure's settings has its account at the end.
   */
  private static final Pattern PART =
      Pattern.compile(
          "(?i)(?<![a-z0-9._-])(?:(?:authorization|jwt|googleaccessid|[a-z0-9._-]*(?:access)?signature|"
              + NAME
              + "|[a-z0-9._-]*"
              + KEY
              + "[._-][a-z0-9._-]+)\\s*=(?!/|$|=)|"
              + TOKEN
              + "\\s*=(?!\\d{0,6}(?:/|$)|=))");

  private NamedSecrets() {}

  /** Returns whether a parameter of a URI is called like a secret. */
  static boolean areParameters(String text) {
    return PARAMETER.matcher(text).find();
  }

  /** Returns whether any part of a path is called like a secret. */
  static boolean areParts(String path) {
    return PART.matcher(path).find();
  }
}
