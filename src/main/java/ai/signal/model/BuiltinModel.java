package ai.signal.model;

import ai.signal.storage.LocalFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A model that ships in the jar. Weights are memory-mapped, so its files are unpacked once per
 * host. A file in the cache is only ever replaced as a whole, since shortening one that is mapped
 * would kill the JVM that mapped it.
 */
final class BuiltinModel {
  private static final String RESOURCES = "/ai/signal/models/";

  /** Those that there are; a jar cannot be asked for a list. */
  static final List<String> NAMES = List.of("tiny");

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");

  /** What a model may consist of. */
  private static final List<String> FILES =
      List.of(
          "config.json",
          "generation_config.json",
          "model.safetensors",
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "chat_template.jinja");

  private BuiltinModel() {}

  /**
   * The directory of the unpacked files; every file in it has the content of the jar's.
   *
   * @param temporary the host's directory for temporary files
   */
  static Path unpack(String name, Path temporary) {
    String base = "builtin:" + name;
    if (!NAME.matcher(name).matches() || resource(name, FILES.get(0)) == null) {
      throw ModelSource.refusal("no such model ships with Signal; 'builtin:tiny' does", base);
    }
    try {
      Map<String, String> digests = new TreeMap<>();
      for (String file : FILES) {
        URL resource = resource(name, file);
        if (resource != null) {
          digests.put(file, digest(resource.openStream()));
        }
      }
      String version =
          digest(new ByteArrayInputStream(digests.toString().getBytes(StandardCharsets.UTF_8)));
      Path directory =
          Files.createDirectories(
              HostCache.directory(temporary, "models")
                  .resolve(name + "-" + version.substring(0, 16)));
      for (Map.Entry<String, String> file : digests.entrySet()) {
        Path target = directory.resolve(file.getKey());
        if (!Files.exists(target) || !digest(LocalFiles.open(target)).equals(file.getValue())) {
          replace(target, resource(name, file.getKey()));
        }
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot unpack " + base + " under " + temporary + ": " + e.getMessage(), e);
    }
  }

  /** Whether a model that ships with Signal has a file with this content. */
  static boolean ships(String file, String sha256) {
    try {
      for (String name : NAMES) {
        URL resource = resource(name, file);
        if (resource != null && digest(resource.openStream()).equals(sha256)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file + " of a model in the jar", e);
    }
  }

  private static void replace(Path target, URL resource) throws IOException {
    Path temporary =
        Files.createTempFile(target.getParent(), target.getFileName().toString(), ".part");
    try (InputStream in = resource.openStream()) {
      Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static URL resource(String name, String file) {
    return BuiltinModel.class.getResource(RESOURCES + name + "/" + file);
  }

  private static String digest(InputStream content) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(content, MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
