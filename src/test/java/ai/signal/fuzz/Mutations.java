package ai.signal.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Mutations of bytes and of texts whose format does not matter, and the choices of all others. */
final class Mutations {
  /** Texts that have been trouble somewhere, as they are, not as JSON. */
  static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "\u0000",
          "\n",
          "\r\n",
          "\t",
          "\ufeff",
          "\u2028",
          "\u202e",
          "\ud83d\ude00",
          "..",
          "../..",
          "/",
          "\\",
          "a/b",
          "%s%n%d",
          "${x}",
          "null",
          "NaN",
          "true",
          "-1",
          "2147483648",
          "x".repeat(300),
          "x".repeat(70_000),
          "\u00e9".repeat(200),
          "s3a:x",
          "file:",
          "file:///%zz",
          ":",
          "a:b",
          "*",
          "[",
          "{a",
          "(a+)+$",
          "'",
          "\"");

  private Mutations() {}

  static <T> T pick(SplittableRandom random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  /** Flips, cuts, inserts, repeats or moves some bytes. */
  static byte[] bytes(byte[] content, SplittableRandom random) {
    byte[] bytes = content.clone();
    for (int changes = 1 + random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
      int at = random.nextInt(bytes.length);
      int length = Math.min(bytes.length - at, 1 + random.nextInt(32));
      bytes =
          switch (random.nextInt(6)) {
            case 0 -> flip(bytes, at, random);
            case 1 -> Arrays.copyOf(bytes, at);
            case 2 -> splice(bytes, at, at + length, new byte[0]);
            case 3 -> splice(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
            case 4 -> splice(bytes, at, at, random(random));
            default -> splice(bytes, at, at, pick(random, TEXTS).getBytes(StandardCharsets.UTF_8));
          };
    }
    return bytes;
  }

  /** Replaces or inserts a hostile text somewhere in another. */
  static String text(String text, SplittableRandom random) {
    int from = random.nextInt(text.length() + 1);
    int to = random.nextBoolean() ? from : Math.min(text.length(), from + random.nextInt(8));
    return text.substring(0, from) + pick(random, TEXTS) + text.substring(to);
  }

  private static byte[] flip(byte[] bytes, int at, SplittableRandom random) {
    bytes[at] ^= (byte) (1 << random.nextInt(8));
    return bytes;
  }

  private static byte[] random(SplittableRandom random) {
    byte[] bytes = new byte[1 + random.nextInt(8)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] between) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, from);
    out.writeBytes(between);
    out.write(bytes, to, bytes.length - to);
    return out.toByteArray();
  }
}
