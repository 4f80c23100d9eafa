package ai.signal.data;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How files hold records. */
public enum FileKind {
  /** By the files' extensions; {@link #JSONL} where one says nothing. */
  AUTO,
  /** A JSON object in each line. */
  JSONL,
  /** One JSON array of objects, or a JSON object in each line. */
  JSON,
  /** Comma-separated, with a header. */
  CSV,
  /** As {@link #CSV}, with tabs for commas. */
  TSV,
  /** Apache Parquet. */
  PARQUET,
  /** Apache ORC. */
  ORC;

  private static final Pattern COMPRESSED =
      Pattern.compile("\\.(gz|gzip|bz2|zst|zstd|xz|deflate|snappy|lz4)$");

  /**
   * The kind of some files.
   *
   * @throws DataException if AUTO finds several
   */
  public FileKind of(List<InputFile> files) {
    if (this != AUTO) {
      return this;
    }
    TreeSet<FileKind> found =
        files.stream().map(FileKind::byExtension).collect(Collectors.toCollection(TreeSet::new));
    if (found.size() > 1) {
      throw new DataException(
          "Cannot read %s and the files next to it: they are of different kinds, %s (data.source)"
              .formatted(files.get(0).name(), found));
    }
    return found.first();
  }

  private static FileKind byExtension(InputFile file) {
    String name =
        COMPRESSED.matcher(file.path().getName().toLowerCase(Locale.ROOT)).replaceFirst("");
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "json" -> JSON;
      case "csv" -> CSV;
      case "tsv" -> TSV;
      case "parquet" -> PARQUET;
      case "orc" -> ORC;
      default -> JSONL;
    };
  }
}
