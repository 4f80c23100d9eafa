package ai.signal.client;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 of what an operation was asked for. */
final class RequestDigest {
  private RequestDigest() {}

  /**
   * @param arguments serializable, equal where they mean the same
   */
  static String of(String operation, List<Object> arguments) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      try (ObjectOutputStream out =
          new ObjectOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), sha256))) {
        out.writeObject(operation);
        out.writeObject(new ArrayList<>(arguments));
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot submit " + operation + ": " + e.getMessage(), e);
    }
  }
}
