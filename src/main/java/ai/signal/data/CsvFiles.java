package ai.signal.data;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;

/** CSV files, which Spark reads and decompresses itself. */
final class CsvFiles {
  private static final Set<Compression> READ = Set.of(Compression.GZIP, Compression.BZIP2);

  private CsvFiles() {}

  /**
   * The encoding of some files, as Spark calls it.
   *
   * @throws DataException if they have several, or a compression that Spark does not read in CSV
   */
  static String encoding(List<InputFile> files, Configuration conf) {
    TreeSet<String> encodings = new TreeSet<>();
    for (InputFile file : files) {
      try {
        TextInput.compression(file.path(), conf)
            .filter(compression -> !READ.contains(compression) || !isNamed(file))
            .ifPresent(
                compression -> {
                  throw refused(file, compression);
                });
        encodings.add(TextInput.isUtf16(file.path(), conf) ? "UTF-16" : "UTF-8");
      } catch (IOException e) {
        throw new DataException("Cannot read %s: %s".formatted(file.name(), e.getMessage()), e);
      }
    }
    if (encodings.size() > 1) {
      throw new DataException(
          "Cannot read %s and the other files: some are UTF-16, others UTF-8; convert them to one"
              .formatted(files.get(0).name()));
    }
    return encodings.first();
  }

  /** Spark goes by the name. */
  private static boolean isNamed(InputFile file) {
    String name = file.path().getName();
    return name.endsWith(".gz") || name.endsWith(".bz2");
  }

  private static DataException refused(InputFile file, Compression compression) {
    return new DataException(
        "Cannot read %s: it is CSV compressed as %s; Spark reads .csv.gz and .csv.bz2: decompress it first"
            .formatted(file.name(), compression.format()));
  }
}
