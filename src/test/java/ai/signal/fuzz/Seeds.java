package ai.signal.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The sound files that mutants are made of, read once. */
final class Seeds {
  static final Path RESOURCES = Path.of("src", "test", "resources");
  static final Path GOLDENS = RESOURCES.resolve("goldens");

  /** Models that differ in their configs, and one with shards. */
  static final List<String> MODELS =
      List.of("gqa", "biases", "rope_llama3", "rope_linear", "head_dim", "mha_tied_qv");

  static final String SHARDED = "mha_tied_qv";

  private static final Map<Path, byte[]> BYTES = new ConcurrentHashMap<>();
  private static final Map<Path, JsonNode> TREES = new ConcurrentHashMap<>();

  private Seeds() {}

  static byte[] bytes(Path file) {
    return BYTES.computeIfAbsent(file, Seeds::read);
  }

  /** Not to be changed. */
  static JsonNode json(Path file) {
    return TREES.computeIfAbsent(file, key -> JsonMutator.parse(text(key)));
  }

  static String text(Path file) {
    return new String(bytes(file), StandardCharsets.UTF_8);
  }

  /** The files of a golden's model. */
  static Map<String, byte[]> model(String golden) throws IOException {
    return files(GOLDENS.resolve(golden).resolve("model"));
  }

  /** The files of a directory, by name. */
  static Map<String, byte[]> files(Path directory) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(file.getFileName().toString(), bytes(file));
      }
    }
    return files;
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read a seed: " + file, e);
    }
  }
}
