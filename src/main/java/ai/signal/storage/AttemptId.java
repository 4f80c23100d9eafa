package ai.signal.storage;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ids of writers: 16 random hexadecimal digits, which no file of anybody else carries. */
public final class AttemptId {
  private static final int BYTES = 8;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");
  private static final String SUMS = ".crc"; // Hadoop's checksums

  /** Of a lane file or bad records, and of a file that is not complete. */
  private static final Pattern OWN_NAME =
      Pattern.compile(
          ".*[.-](?<id>[0-9a-f]{16})(-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\\.jsonl)?|\\.[0-9a-f]{16}\\.part)");

  private static final SecureRandom RANDOM = new SecureRandom();

  private AttemptId() {}

  /** A new id. */
  public static String random() {
    byte[] id = new byte[BYTES];
    RANDOM.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  /** Returns whether a text has the form of an id. */
  static boolean isOne(String text) {
    return ID.matcher(text).matches();
  }

  /** Returns whether a text holds an id that is not a part of a longer hexadecimal number. */
  static boolean isIn(String text, String id) {
    for (int at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
      if (!isHex(text, at - 1) && !isHex(text, at + id.length())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a file's name is one that the writer with an id gives: the id, what makes the name its
   * own, and one of a few endings. A copy of such a file with another ending is somebody else's.
   */
  static boolean isNameBy(String id, String name) {
    boolean sums = name.startsWith(".") && name.endsWith(SUMS);
    String of = sums ? name.substring(1, name.length() - SUMS.length()) : name;
    Matcher own = OWN_NAME.matcher(of);
    return own.matches() && own.group("id").equals(id);
  }

  private static boolean isHex(String text, int at) {
    return at >= 0 && at < text.length() && Character.digit(text.charAt(at), 16) >= 0;
  }
}
