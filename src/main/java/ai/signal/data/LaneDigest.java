package ai.signal.data;

import ai.signal.storage.LocalFiles;
import ai.signal.storage.ReadLimit;
import ai.signal.storage.StoreProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** SHA-256 of all that decides the bytes of lane files, so that equal names mean equal content. */
final class LaneDigest {
  /** What decides token ids; the configurations name EOS, templates make text of messages. */
  private static final List<String> TOKENIZER_FILES =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "config.json",
          "generation_config.json");

  private static final String TEMPLATE = "chat_template.jinja";

  private static final String NAMED_TEMPLATES = "additional_chat_templates";

  private final MessageDigest sha256;

  private LaneDigest() {
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /**
   * Of a data set.
   *
   * @param records their fingerprint
   */
  static String of(List<String> records, DataSpec spec, String tokenizerSha256, int lanes) {
    LaneDigest digest = new LaneDigest();
    digest.add("lane files " + LaneFormat.VERSION);
    digest.add(tokenizerSha256);
    digest.add(spec.format().specName());
    digest.add(spec.onBadRecord().name());
    digest.add(new TreeSet<>(spec.inputs()).toString());
    digest.add(spec.maxLength() + " tokens, " + lanes + " lanes");
    digest.add(spec.selection().toString());
    if (spec.onLong() != LongExamples.TRUNCATE) { // a later setting: older digests stay
      digest.add("on_long " + spec.onLong());
    }
    records.forEach(digest::add);
    return digest.hex();
  }

  static String ofTokenizer(Path model) {
    LaneDigest digest = new LaneDigest();
    for (String name : TOKENIZER_FILES) {
      Path file = model.resolve(name);
      if (Files.exists(file)) {
        digest.add(name, file, ReadLimit.TOKENIZER);
      }
    }
    if (Files.exists(model.resolve(TEMPLATE))) {
      digest.add(TEMPLATE, model.resolve(TEMPLATE), ReadLimit.TEMPLATE);
    }
    for (Path file : namedTemplates(model.resolve(NAMED_TEMPLATES))) {
      digest.add(NAMED_TEMPLATES + "/" + file.getFileName(), file, ReadLimit.TEMPLATE);
    }
    return digest.hex();
  }

  /** By name, since a host lists them in an order of its own. */
  private static List<Path> namedTemplates(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".jinja")).sorted().toList();
    } catch (IOException e) {
      throw new DataException("Cannot read %s: %s".formatted(directory, e.getMessage()), e);
    }
  }

  private void add(String name, Path file, ReadLimit limit) {
    try {
      add(name);
      add(LocalFiles.bytes(file, limit));
    } catch (IOException e) {
      throw new DataException("Cannot read %s: %s".formatted(file, StoreProblem.reason(e)), e);
    }
  }

  private void add(String part) {
    add(part.getBytes(StandardCharsets.UTF_8));
  }

  /** The length goes first, so that no two lists of parts look alike. */
  private void add(byte[] part) {
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(part.length).flip());
    sha256.update(part);
  }

  private String hex() {
    return HexFormat.of().formatHex(sha256.digest());
  }
}
