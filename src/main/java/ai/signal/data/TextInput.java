package ai.signal.data;

import ai.signal.storage.StorageFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/** Text files of data as UTF-8, whatever their compression and encoding; all are opened here. */
public final class TextInput {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int BIG_ENDIAN = 0xFEFF;
  private static final int LITTLE_ENDIAN = 0xFFFE;

  private TextInput() {}

  /**
   * Opens a file from its first byte; a byte order mark of UTF-8 is part of the content.
   *
   * @throws IOException also if its compression or encoding is not read
   */
  static InputStream open(Path path, Configuration conf) throws IOException {
    InputStream stored = stored(path, conf);
    try {
      return decoded(decompressed(stored, path, conf));
    } catch (LinkageError e) { // of a Spark that comes without the library
      stored.close();
      throw new IOException("its compression needs a library that is not there: " + e, e);
    } catch (IOException | RuntimeException e) {
      stored.close();
      throw e;
    }
  }

  /** Opens a file that was listed. */
  public static InputStream open(InputFile file, Configuration conf) throws IOException {
    return open(file.path(), conf);
  }

  /**
   * Whether the content of a file is not its own bytes, so that it can only be read from its
   * beginning.
   */
  static boolean isEncoded(Path path, Configuration conf) throws IOException {
    try (InputStream in = stored(path, conf)) {
      return compression(in).isPresent() || codec(path, conf).isPresent() || isUtf16(in);
    }
  }

  /** The compression of a file, if it has one. */
  static Optional<Compression> compression(Path path, Configuration conf) throws IOException {
    try (InputStream in = stored(path, conf)) {
      return compression(in);
    }
  }

  /** Whether the content of a file, once decompressed, is UTF-16. */
  static boolean isUtf16(Path path, Configuration conf) throws IOException {
    try (InputStream in = decompressed(stored(path, conf), path, conf)) {
      return isUtf16(in);
    }
  }

  private static InputStream stored(Path path, Configuration conf) throws IOException {
    return new BufferedInputStream(StorageFiles.input(path, conf), BUFFER_BYTES);
  }

  private static boolean isUtf16(InputStream in) throws IOException {
    int mark = mark(in);
    return mark == BIG_ENDIAN || mark == LITTLE_ENDIAN;
  }

  private static InputStream decompressed(InputStream in, Path path, Configuration conf)
      throws IOException {
    Optional<Compression> compression = compression(in);
    if (compression.isPresent()) {
      return new BufferedInputStream(compression.get().decompress(in), BUFFER_BYTES);
    }
    Optional<CompressionCodec> codec = codec(path, conf);
    return codec.isPresent() && isBinary(in)
        ? new BufferedInputStream(codec.get().createInputStream(in), BUFFER_BYTES)
        : in;
  }

  /** Of Hadoop's formats without a mark, by the name. */
  private static Optional<CompressionCodec> codec(Path path, Configuration conf) {
    return Optional.ofNullable(new CompressionCodecFactory(conf).getCodec(path));
  }

  private static InputStream decoded(InputStream in) throws IOException {
    if (!isUtf16(in)) {
      return in;
    }
    int mark = mark(in);
    byte[] head = head(in, 4);
    if (mark == LITTLE_ENDIAN && head.length == 4 && head[2] == 0 && head[3] == 0) {
      throw new IOException("it is UTF-32; convert it first: iconv -f UTF-32 -t UTF-8");
    }
    in.skipNBytes(2);
    return new BufferedInputStream(new Utf16Stream(in, mark == LITTLE_ENDIAN), BUFFER_BYTES);
  }

  /** Whether no text begins like this; text with the name of a compressed file is text. */
  private static boolean isBinary(InputStream in) throws IOException {
    for (byte b : head(in, Compression.HEAD_BYTES)) {
      if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t') {
        return true;
      }
    }
    byte[] head = head(in, 1);
    return head.length == 1 && head[0] < 0 && (head[0] & 0xFF) != 0xEF;
  }

  private static Optional<Compression> compression(InputStream in) throws IOException {
    return Compression.in(head(in, Compression.HEAD_BYTES));
  }

  private static int mark(InputStream in) throws IOException {
    byte[] head = head(in, 2);
    return head.length < 2 ? 0 : ((head[0] & 0xFF) << 8) | (head[1] & 0xFF);
  }

  /** The next bytes, which are read again. */
  private static byte[] head(InputStream in, int bytes) throws IOException {
    in.mark(bytes);
    byte[] head = in.readNBytes(bytes);
    in.reset();
    return head;
  }
}
