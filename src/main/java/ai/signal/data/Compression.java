package ai.signal.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;

/** Compressed files, by their first bytes: names may say something else. */
enum Compression {
  /** RFC 1952, of one or several members. */
  GZIP("gzip", "\u001F\u008B\b") {
    @Override
    InputStream decompress(InputStream in) throws IOException {
      return new GzipCompressorInputStream(in, true);
    }
  },
  /** One or several streams. */
  BZIP2("bzip2", "BZh" + Marks.ANY + "1AY") {
    @Override
    InputStream decompress(InputStream in) throws IOException {
      return new BZip2CompressorInputStream(in, true);
    }
  },
  /** RFC 8878; windows of at most 128 MiB. */
  ZSTD("zstd", "(\u00B5/\u00FD") {
    @Override
    InputStream decompress(InputStream in) throws IOException {
      return new ZstdCompressorInputStream(in);
    }
  },
  /** One or several streams, with dictionaries of at most 128 MiB. */
  XZ("xz", "\u00FD7zXZ\0") {
    @Override
    InputStream decompress(InputStream in) throws IOException {
      return new XZCompressorInputStream(in, true, Marks.MOST_KIB);
    }
  },
  ZIP("zip", "PK\u0003\u0004"),
  SEVEN_ZIP("7z", "7z\u00BC\u00AF"),
  LZ4("lz4", "\u0004\"M\u0018"),
  SNAPPY("snappy", "\u00FF\u0006\0\0sNa"),
  LZOP("lzop", "\u0089LZO");

  /** More than any mark is long. */
  static final int HEAD_BYTES = 8;

  private final String format;
  private final String mark; // a character for each byte

  Compression(String format, String mark) {
    this.format = format;
    this.mark = mark;
  }

  /** The compression that a file's first bytes tell; empty where they tell none. */
  static Optional<Compression> in(byte[] head) {
    return Arrays.stream(values()).filter(compression -> compression.begins(head)).findFirst();
  }

  /**
   * The content of a compressed stream.
   *
   * @throws IOException if this compression is not read, or its head is damaged
   */
  InputStream decompress(InputStream in) throws IOException {
    throw new IOException(
        "it is compressed as %s, which is not read; decompress it first (gzip, bzip2, zstd and xz are read)"
            .formatted(format));
  }

  /** The name of the format. */
  String format() {
    return format;
  }

  private boolean begins(byte[] head) {
    for (int i = 0; i < mark.length(); i++) {
      boolean any = mark.charAt(i) == Marks.ANY;
      if (i >= head.length || (!any && mark.charAt(i) != (head[i] & 0xFF))) {
        return false;
      }
    }
    return true;
  }

  /** Constants that are needed before the enum's own are made. */
  private static final class Marks {
    private static final char ANY = '\uFFFF';
    private static final int MOST_KIB = 140 << 10; // with what the decoder itself needs
  }
}
