package ai.signal.model;

import ai.signal.storage.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** From the {@code model.base} of a job spec to a directory on this host. */
public final class ModelSource {
  private static final String BUILTIN = "builtin:";

  /** Hadoop can read some of these, but not list a directory there. */
  private static final Set<String> UNREADABLE = Set.of("hf", "http", "https");

  private ModelSource() {}

  /** The bases of the models that ship with Signal. */
  public static List<String> builtins() {
    return BuiltinModel.NAMES.stream().map(BUILTIN::concat).toList();
  }

  /**
   * The directory of a model on this host: unpacked first where it ships with Signal, copied first
   * where it lies on another file system.
   *
   * @param base {@code builtin:NAME}, a directory, or a URI of one that Hadoop can read, such as
   *     {@code s3a://bucket/model}
   * @throws ModelFormatException when there is no such model, or the base is of a kind that is not
   *     supported
   */
  public static Path resolve(String base) {
    Optional<String> problem = Location.problem(base);
    if (problem.isPresent()) {
      throw refusal(problem.get(), "model.base");
    }
    if (base.startsWith(BUILTIN)) {
      return BuiltinModel.unpack(base.substring(BUILTIN.length()), HostCache.root());
    }
    Location location = Location.of("Cannot load model", base);
    String scheme = location.scheme().orElse("file");
    if (UNREADABLE.contains(scheme)) {
      throw refusal(
          "a base is builtin:NAME, a directory or a URI that Hadoop reads (file: s3a: hdfs:), not '"
              + scheme
              + ":'; download it first, such as hf download ORG/NAME --local-dir models/NAME",
          base);
    }
    return scheme.equals("file")
        ? local(path(location, base), base)
        : RemoteModel.copy(base, HadoopConf.current(), HostCache.root());
  }

  private static Path local(Path directory, String base) {
    if (!Files.isDirectory(directory)) {
      throw refusal(
          Files.exists(directory) ? "it is not a directory" : "there is no such directory", base);
    }
    return directory.toAbsolutePath();
  }

  private static Path path(Location location, String base) {
    try {
      return location.local();
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException("model", e.getMessage(), base, e);
    }
  }

  static ModelFormatException refusal(String problem, String base) {
    return new ModelFormatException("model", problem, base);
  }
}
