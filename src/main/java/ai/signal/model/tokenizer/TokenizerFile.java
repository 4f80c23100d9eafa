package ai.signal.model.tokenizer;

import ai.signal.model.ModelFormatException;
import ai.signal.storage.LocalFiles;
import ai.signal.storage.ReadLimit;
import ai.signal.storage.RefusedFileException;
import ai.signal.storage.Sha256;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A tokenizer.json that has passed validation, with the tokens that only the files next to it name.
 * The native library gets the content that was validated; the file is not read again.
 *
 * @param path of the file
 * @param json its content, with offsets that include white space
 * @param sha256 of the content, or of the file where that is the same but for offsets
 * @param vocabSize one more than the highest id
 * @param stripsSpace whether the decoder may remove white space from the beginning of a text
 * @param limits what a text must not contain for the tokenizer to stay fast
 */
public record TokenizerFile(
    Path path, String json, String sha256, int vocabSize, boolean stripsSpace, TextLimits limits) {
  static final int MAX_BYTES = ReadLimit.TOKENIZER.bytes();

  private static final Pattern TRIMS = Pattern.compile("\"trim_offsets\"\\s*:\\s*true\\b");

  /** Every task of a Spark job loads the tokenizer; the largest files take seconds to validate. */
  private static final Map<String, Validated> VALIDATED =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Validated> eldest) {
          return size() > 8;
        }
      };

  /**
   * Result of a validation.
   *
   * @param changed the content, where it is not the file's
   */
  private record Validated(
      String changed, String sha256, int vocabSize, boolean stripsSpace, TextLimits limits) {}

  /**
   * Reads and validates a file.
   *
   * @throws ModelFormatException when there is no such file, or a part of it is not known to be
   *     safe; the message names the part
   */
  public static TokenizerFile read(Path path) {
    ModelFormatException.requireLocation("tokenizer", path);
    byte[] file = content(path);
    Path directory = path.toAbsolutePath().getParent();
    String key = key(file, directory);
    Validated validated;
    synchronized (VALIDATED) {
      validated = VALIDATED.get(key);
    }
    if (validated == null) {
      validated = configure(file, path, directory);
      synchronized (VALIDATED) {
        VALIDATED.put(key, validated);
      }
    }
    String json =
        validated.changed() == null
            ? new String(file, StandardCharsets.UTF_8)
            : validated.changed();
    return new TokenizerFile(
        path,
        exactOffsets(json),
        validated.sha256(),
        validated.vocabSize(),
        validated.stripsSpace(),
        validated.limits());
  }

  /** Returns the digests of all files that decide what is loaded. */
  private static String key(byte[] file, Path directory) {
    StringBuilder key = new StringBuilder(Sha256.of(file));
    for (String name : List.of(TokenSettings.CONFIG, TokenSettings.MAP, TokenSettings.ADDED)) {
      Path settings = directory.resolve(name);
      key.append(' ').append(Files.exists(settings) ? Sha256.of(content(settings)) : "");
    }
    return key.toString();
  }

  /** Validates the tokenizer as the files next to it make it. */
  private static Validated configure(byte[] file, Path path, Path directory) {
    Part parsed = StrictJson.parse(file, path);
    if (!ConfiguredTokenizer.apply(directory, (ObjectNode) parsed.node())) {
      return validate(parsed, Sha256.of(file), null);
    }
    String changed = parsed.node().toString();
    byte[] bytes = changed.getBytes(StandardCharsets.UTF_8);
    return validate(StrictJson.parse(bytes, path), Sha256.of(bytes), changed);
  }

  /**
   * Makes byte-level processors report the white space of a token as part of it; the tokens are the
   * same. The pattern matches no string value, in which the quotes would be escaped.
   */
  private static String exactOffsets(String json) {
    return TRIMS.matcher(json).replaceAll("\"trim_offsets\":false");
  }

  private static Validated validate(Part file, String sha256, String changed) {
    file.only(
        "version",
        "truncation",
        "padding",
        "added_tokens",
        "normalizer",
        "pre_tokenizer",
        "post_processor",
        "decoder",
        "model");
    if (file.node().has("version") && !"1.0".equals(file.text("version"))) {
      throw file.get("version").refusal("is " + file.get("version").node() + "; known is \"1.0\"");
    }
    if (!file.has("model")) {
      throw file.missingInFile("model");
    }
    Vocabulary vocabulary = Models.check(file.get("model"));
    Normalizers normalizers = Normalizers.check(file.find("normalizer"));
    AddedTokens added =
        file.find("added_tokens")
            .map(tokens -> AddedTokens.check(tokens, normalizers))
            .orElse(AddedTokens.NONE);
    int size = Math.max(vocabulary.size(), added.size(vocabulary));
    PreTokenizers preTokenizers = PreTokenizers.check(file.find("pre_tokenizer"));
    file.find("post_processor").ifPresent(part -> PostProcessors.check(part, size));
    boolean stripsSpace = file.find("decoder").map(Decoders::check).orElse(false);
    file.find("truncation").ifPresent(Lengths::truncation);
    file.find("padding").ifPresent(Lengths::padding);
    return new Validated(
        changed, sha256, size, stripsSpace, TextLimits.of(normalizers, preTokenizers));
  }

  private static byte[] content(Path path) {
    try {
      return LocalFiles.bytes(path, ReadLimit.TOKENIZER);
    } catch (NoSuchFileException e) {
      Path directory = path.toAbsolutePath().getParent();
      throw new ModelFormatException("tokenizer", OtherFormats.hint(directory), directory, e);
    } catch (IOException e) {
      throw new ModelFormatException(
          "tokenizer", path.getFileName() + " " + RefusedFileException.reason(e), path, e);
    }
  }
}
