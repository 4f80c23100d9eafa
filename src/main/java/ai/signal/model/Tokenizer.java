package ai.signal.model;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.signal.model.tokenizer.TokenizerFile;
import ai.signal.model.tokenizer.TokenizerTrials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Text to token ids and back, by a model's tokenizer.json: never truncates, never pads. Safe for
 * several threads.
 */
public final class Tokenizer implements AutoCloseable {
  private static final String FILE = "tokenizer.json";

  private final HuggingFaceTokenizer tokenizer;
  private final TokenizerFile file;
  private final int suffix;

  private Tokenizer(HuggingFaceTokenizer tokenizer, TokenizerFile file) {
    this.tokenizer = tokenizer;
    this.file = file;
    this.suffix = suffixLength();
  }

  /**
   * Loads the tokenizer of a model, after validation of every part of the file.
   *
   * @throws ModelFormatException when the directory has no usable tokenizer.json
   */
  public static Tokenizer load(Path modelDir) {
    TokenizerFile file = TokenizerFile.read(modelDir.resolve(FILE));
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(
        Tokenizer.class.getClassLoader()); // DJL finds its native library through it
    try {
      return new Tokenizer(open(file), file);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /**
   * Tries a model's tokenizer in a process of its own, unless it ships with Signal or one with the
   * same content has passed on this host before. Meant for the driver, before anything else loads
   * the tokenizer. A model without tokenizer.json passes.
   *
   * @param texts to encode in addition to fixed ones, asked for only where the tokenizer is tried
   * @throws ModelFormatException when the tokenizer is refused, or aborts or hangs that process
   */
  public static void tryOut(Path modelDir, Supplier<List<String>> texts) {
    ModelFormatException.requireLocation("tokenizer", modelDir);
    if (!Files.exists(modelDir.resolve(FILE))) {
      return;
    }
    DjlSetup.stayOffline();
    TokenizerFile file = TokenizerFile.read(modelDir.resolve(FILE));
    if (!BuiltinModel.ships(FILE, file.sha256())) {
      TokenizerTrials.run(file, texts);
    }
  }

  private static HuggingFaceTokenizer open(TokenizerFile file) {
    DjlSetup.stayOffline();
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(file.json().getBytes(StandardCharsets.UTF_8)),
          Map.of("truncation", "false", "padding", "false"));
    } catch (IOException | RuntimeException e) {
      throw new ModelFormatException(
          "tokenizer", FILE + " is not usable: " + e.getMessage(), file.path(), e);
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

  /** Returns the text of a sequence of ids, without its special tokens. */
  public String decode(int[] ids) {
    return decode(ids, true);
  }

  /** Returns the text of a sequence of ids, in which special tokens are spelled out. */
  public String decodeWithSpecials(int[] ids) {
    return decode(ids, false);
  }

  private String decode(int[] ids, boolean skipSpecials) {
    try {
      return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecials);
    } catch (RuntimeException e) {
      throw unusable("decode ids", e.getMessage(), e);
    }
  }

  /** One more than the highest id. */
  public int vocabSize() {
    return file.vocabSize();
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private Encoding encoding(String text, boolean specials) {
    file.limits()
        .problem(text)
        .ifPresent(
            problem -> {
              throw unusable("encode a text", problem, null);
            });
    try {
      return tokenizer.encode(text, specials, false);
    } catch (RuntimeException e) {
      throw unusable("encode a text", e.getMessage(), e);
    }
  }

  private ModelFormatException unusable(String operation, String problem, RuntimeException cause) {
    return new ModelFormatException(
        "tokenizer", FILE + " cannot " + operation + ": " + problem, file.path(), cause);
  }

  /** How many tokens the post-processor puts after every text. */
  private int suffixLength() {
    long[] added = encoding("a", true).getSpecialTokenMask();
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
