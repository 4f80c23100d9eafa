package ai.signal.checkpoint;

import ai.signal.storage.Sha256;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;

/** Counts and hashes what is read, and never gives more than the manifest says is there. */
final class VerifiedInput extends FilterInputStream {
  private final StoredFile file;
  private final MessageDigest sha256 = Sha256.digest();
  private long position;

  VerifiedInput(InputStream in, StoredFile file) {
    super(in);
    this.file = file;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    long left = file.size() - position;
    if (left == 0 && length > 0) {
      return -1;
    }
    int count = in.read(into, offset, (int) Math.min(left, length));
    if (count > 0) {
      sha256.update(into, offset, count);
      position += count;
    }
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = 0;
    byte[] block = new byte[1 << 16];
    while (skipped < count) {
      int read = read(block, 0, (int) Math.min(block.length, count - skipped));
      if (read < 0) {
        break;
      }
      skipped += read;
    }
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /** The owner of this stream closes it, for it reads on. */
  @Override
  public void close() {}

  /** Reads what is left and says what is wrong with the whole, if anything is. */
  Optional<String> problem() throws IOException {
    skip(Long.MAX_VALUE);
    if (position < file.size()) {
      return Optional.of(
          "%s is truncated: %d bytes of %d".formatted(file.name(), position, file.size()));
    }
    if (in.read() >= 0) {
      return Optional.of("%s is longer than %d bytes".formatted(file.name(), file.size()));
    }
    String found = Sha256.hex(sha256.digest());
    return found.equals(file.sha256())
        ? Optional.empty()
        : Optional.of(
            "%s is damaged: its SHA-256 is %s, not %s"
                .formatted(file.name(), found.substring(0, 12), file.sha256().substring(0, 12)));
  }
}
