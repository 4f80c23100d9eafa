package ai.signal.data;

import ai.signal.storage.StorageFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** The first bytes of files whose format has a signature. */
public final class FileMagic {
  private static final int LENGTH = 4;
  private static final Map<String, FileKind> KINDS =
      Map.of("PAR1", FileKind.PARQUET, "ORC", FileKind.ORC);

  private FileMagic() {}

  /**
   * The way in which a file is not of a kind; empty where it may be.
   *
   * @throws IOException when the file cannot be read
   */
  public static Optional<String> problem(FileKind kind, InputFile file, Configuration conf)
      throws IOException {
    FileKind found = kind(file, conf);
    if (found == kind || (found == null && !KINDS.containsValue(kind))) {
      return Optional.empty();
    }
    return Optional.of(
        found == null
            ? "%s does not begin as %s does".formatted(file.name(), kind)
            : "%s is %s".formatted(file.name(), found));
  }

  /** The kind whose signature a file has, or null. */
  private static FileKind kind(InputFile file, Configuration conf) throws IOException {
    try (InputStream in = StorageFiles.input(file.path(), conf)) {
      String head = new String(in.readNBytes(LENGTH), StandardCharsets.ISO_8859_1);
      return KINDS.entrySet().stream()
          .filter(entry -> head.startsWith(entry.getKey()))
          .map(Map.Entry::getValue)
          .findFirst()
          .orElse(null);
    }
  }
}
