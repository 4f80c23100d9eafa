package ai.signal.model.tokenizer;

import ai.signal.model.ModelFormatException;
import ai.signal.storage.LocalFiles;
import ai.signal.storage.ReadLimit;
import ai.signal.storage.RefusedFileException;
import ai.signal.storage.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A tokenizer.json that has passed validation. The native library gets the content that was
 * validated; the file is not read again.
 *
 * @param path of the file
 * @param json its content
 * @param sha256 of the content
 * @param vocabSize one more than the highest id
 * @param limits what a text must not contain for the tokenizer to stay fast
 */
public record TokenizerFile(
    Path path, String json, String sha256, int vocabSize, TextLimits limits) {
  static final int MAX_BYTES = ReadLimit.TOKENIZER.bytes();

  /** Every task of a Spark job loads the tokenizer; the largest files take seconds to validate. */
  private static final Map<String, Validated> VALIDATED =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Validated> eldest) {
          return size() > 16;
        }
      };

  private record Validated(int vocabSize, TextLimits limits) {}

  /**
   * Reads and validates a file.
   *
   * @throws ModelFormatException when there is no such file, or a part of it is not known to be
   *     safe; the message names the part
   */
  public static TokenizerFile read(Path path) {
    ModelFormatException.requireLocation("tokenizer", path);
    byte[] json = content(path);
    String sha256 = Sha256.of(json);
    Validated validated;
    synchronized (VALIDATED) {
      validated = VALIDATED.get(sha256);
    }
    if (validated == null) {
      validated = validate(StrictJson.parse(json, path));
      synchronized (VALIDATED) {
        VALIDATED.put(sha256, validated);
      }
    }
    return new TokenizerFile(
        path,
        new String(json, StandardCharsets.UTF_8),
        sha256,
        validated.vocabSize(),
        validated.limits());
  }

  private static Validated validate(Part file) {
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
    file.find("decoder").ifPresent(Decoders::check);
    file.find("truncation").ifPresent(Lengths::truncation);
    file.find("padding").ifPresent(Lengths::padding);
    return new Validated(size, TextLimits.of(normalizers, preTokenizers));
  }

  private static byte[] content(Path path) {
    try {
      return LocalFiles.bytes(path, ReadLimit.TOKENIZER);
    } catch (NoSuchFileException e) {
      Path directory = path.toAbsolutePath().getParent();
      throw new ModelFormatException("tokenizer", OtherFormats.hint(directory), directory, e);
    } catch (IOException e) {
      throw new ModelFormatException(
          "tokenizer", "tokenizer.json " + RefusedFileException.reason(e), path, e);
    }
  }
}
