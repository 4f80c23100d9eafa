package ai.signal.model;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** From the {@code model.base} of a job spec to a directory on this host. */
public final class ModelSource {
  private static final String BUILTIN = "builtin:";
  private static final Pattern SCHEME =
      Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:.*", Pattern.DOTALL);

  private ModelSource() {}

  /**
   * The directory of a model, unpacked first where it ships with Signal.
   *
   * @param base {@code builtin:NAME}, a directory, or a {@code file:} URI of one
   * @throws ModelFormatException when there is no such model, or the base is of a kind that is not
   *     supported
   */
  public static Path resolve(String base) {
    if (base.startsWith(BUILTIN)) {
      return BuiltinModel.unpack(
          base.substring(BUILTIN.length()), Path.of(System.getProperty("java.io.tmpdir")));
    }
    Path directory = SCHEME.matcher(base).matches() ? ofFileUri(base) : Path.of(base);
    if (!Files.isDirectory(directory)) {
      throw refusal(
          Files.exists(directory) ? "it is not a directory" : "there is no such directory", base);
    }
    return directory.toAbsolutePath();
  }

  private static Path ofFileUri(String base) {
    if (!base.startsWith("file:")) {
      throw refusal(
          "a base is builtin:NAME, a directory or a file: URI, not '"
              + base.substring(0, base.indexOf(':') + 1)
              + "'",
          base);
    }
    try {
      return Path.of(URI.create(base));
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(
          "model", "the file: URI is not valid: " + e.getMessage(), base, e);
    }
  }

  static ModelFormatException refusal(String problem, String base) {
    return new ModelFormatException("model", problem, base);
  }
}
