package ai.signal.model;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Text to token ids and back, by a model's tokenizer.json: never truncates, never pads. Safe for
 * several threads.
 */
public final class Tokenizer implements AutoCloseable {
  private static final String FILE = "tokenizer.json";

  private final HuggingFaceTokenizer tokenizer;
  private final int vocabSize;
  private final int suffix;

  private Tokenizer(HuggingFaceTokenizer tokenizer, int vocabSize) {
    this.tokenizer = tokenizer;
    this.vocabSize = vocabSize;
    this.suffix = suffixLength(tokenizer);
  }

  /**
   * Loads the tokenizer of a model.
   *
   * @throws ModelFormatException when the directory has no usable tokenizer.json
   */
  public static Tokenizer load(Path modelDir) {
    ModelFormatException.requireLocation("tokenizer", modelDir);
    Path file = modelDir.resolve(FILE);
    int vocabSize = TokenizerVocabulary.size(file);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(
        Tokenizer.class.getClassLoader()); // DJL finds its native library through it
    try {
      return new Tokenizer(open(file), vocabSize);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static HuggingFaceTokenizer open(Path file) {
    DjlSetup.stayOffline();
    try {
      byte[] json = Files.readAllBytes(file);
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(json), Map.of("truncation", "false", "padding", "false"));
    } catch (NoSuchFileException e) {
      throw new ModelFormatException("tokenizer", "there is no " + FILE, file.getParent(), e);
    } catch (IOException | RuntimeException e) {
      throw new ModelFormatException(
          "tokenizer", FILE + " is not usable: " + e.getMessage(), file, e);
    }
  }

  /** The ids of a text alone. Special tokens that are spelled out in it become their ids. */
  public int[] encode(String text) {
    return toInts(encoding(text, false).getIds());
  }

  /**
   * The ids with what the model expects in front (often a beginning-of-sequence token); an
   * end-of-sequence token is never added.
   */
  public int[] encodeWithSpecials(String text) {
    long[] ids = encoding(text, true).getIds();
    return toInts(Arrays.copyOf(ids, ids.length - suffix));
  }

  /** The text of a sequence of ids, special tokens left out. */
  public String decode(int[] ids) {
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true);
  }

  /** One more than the highest id. */
  public int vocabSize() {
    return vocabSize;
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private Encoding encoding(String text, boolean specials) {
    return tokenizer.encode(text, specials, false);
  }

  /** How many tokens the post-processor puts behind every text. */
  private static int suffixLength(HuggingFaceTokenizer tokenizer) {
    long[] added = tokenizer.encode("a", true, false).getSpecialTokenMask();
    int length = 0;
    while (length < added.length && added[added.length - 1 - length] == 1) {
      length++;
    }
    return length;
  }

  private static int[] toInts(long[] ids) {
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }
}
