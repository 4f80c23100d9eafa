package ai.signal.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The files in which a model brings its tokenizer and its chat templates. */
public final class TokenizerAssets {
  private static final List<String> NAMES =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "chat_template.jinja");

  private static final String NAMED_TEMPLATES = "additional_chat_templates";

  private TokenizerAssets() {}

  /** Those that a model has, by their path in its directory, with {@code /} between names. */
  public static Map<String, Path> of(Path model) {
    Map<String, Path> found = new LinkedHashMap<>();
    for (String name : NAMES) {
      Path file = model.resolve(name);
      if (Files.isRegularFile(file)) {
        found.put(name, file);
      }
    }
    found.putAll(namedTemplates(model.resolve(NAMED_TEMPLATES)));
    return found;
  }

  private static Map<String, Path> namedTemplates(Path directory) {
    Map<String, Path> found = new TreeMap<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jinja")) {
        files.forEach(file -> found.put(NAMED_TEMPLATES + "/" + file.getFileName(), file));
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read chat templates: " + directory, e);
      }
    }
    return found;
  }
}
