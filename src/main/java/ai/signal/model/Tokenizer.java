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
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Text to token ids and back, by a model's tokenizer.json: never truncates, never pads. Safe for
 * several threads.
 */
public final class Tokenizer implements AutoCloseable {
  private static final String FILE = "tokenizer.json";

  /** A text whose last token is followed by others. */
  private static final String MIDDLE = "a";

  /** Texts that other texts are encoded after; with one of them no token crosses the border. */
  private static final List<String> BEFORE = List.of("\n", "a", ".", "1");

  private final HuggingFaceTokenizer tokenizer;
  private final TokenizerFile file;
  private final int[] prefix; // what the post-processor puts before every text

  private Tokenizer(HuggingFaceTokenizer tokenizer, TokenizerFile file) {
    this.tokenizer = tokenizer;
    this.file = file;
    this.prefix = prefix();
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

  /** The same ids with the place of each token in the text. */
  public EncodedText encodeWithOffsets(String text) {
    return EncodedText.of(text, encoding(text, false));
  }

  /**
   * The ids with what the model expects before a text, often a beginning-of-sequence token. A text
   * that spells it out has it once. An end-of-sequence token is never added.
   */
  public int[] encodeWithSpecials(String text) {
    int[] ids = encode(text);
    return startsWith(ids, prefix) ? ids : concatenated(prefix, ids);
  }

  /**
   * The ids of a text that follows a prompt. They are to be appended to {@link #encodeWithSpecials}
   * of the prompt: what inference gives the model is the prompt encoded alone, and what it then has
   * to generate are the tokens of the rest of the whole text. So where the tokens of the prompt
   * begin those of the whole, as transformers and TRL expect them to, the others are the text's.
   * Elsewhere a token of the whole lies across the border, and no continuation of the prompt's
   * tokens is the whole's; then the text is encoded in the middle of a line or after a line break,
   * where no merge crosses and no tokenizer inserts a space.
   */
  public int[] encodeAfter(String prompt, String text) {
    Optional<int[]> rest = rest(prompt, text);
    for (int i = 0; rest.isEmpty() && i < BEFORE.size(); i++) {
      rest = rest(BEFORE.get(i), text);
    }
    return rest.orElseGet(() -> encode(text));
  }

  private Optional<int[]> rest(String before, String text) {
    int[] head = encode(before);
    int[] whole = encode(before + text);
    return startsWith(whole, head)
        ? Optional.of(Arrays.copyOfRange(whole, head.length, whole.length))
        : Optional.empty();
  }

  /** Returns the text of a sequence of ids, without its special tokens. */
  public String decode(int[] ids) {
    return decode(ids, true);
  }

  /** Returns the text of a sequence of ids, in which special tokens are spelled out. */
  public String decodeWithSpecials(int[] ids) {
    return decode(ids, false);
  }

  /**
   * Returns the decoder of what follows a prompt: the text of the whole without the text of the
   * prompt. After a special token some tokenizers begin a text, as they do after none.
   *
   * @param prompt its tokens
   */
  public Continuation continuation(int[] prompt) {
    boolean begins =
        !file.stripsSpace()
            || prompt.length == 0
            || Arrays.equals(prompt, prefix)
            || beginsAfter(prompt[prompt.length - 1]);
    return new Continuation(this, begins ? new int[0] : encode(MIDDLE));
  }

  /** Whether a token is special and the tokens after it are those of a text alone. */
  private boolean beginsAfter(int token) {
    int[] one = {token};
    String name = decodeWithSpecials(one);
    if (name.isEmpty() || !decode(one).isEmpty()) {
      return false;
    }
    return Arrays.equals(encode(name + MIDDLE), concatenated(one, encode(MIDDLE)));
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

  private int[] prefix() {
    Encoding encoding = encoding("a", true);
    long[] added = encoding.getSpecialTokenMask();
    int length = 0;
    while (length < added.length && added[length] == 1) {
      length++;
    }
    return toInts(Arrays.copyOf(encoding.getIds(), length));
  }

  private static boolean startsWith(int[] ids, int[] head) {
    return head.length <= ids.length && Arrays.equals(ids, 0, head.length, head, 0, head.length);
  }

  private static int[] concatenated(int[] head, int[] ids) {
    int[] all = Arrays.copyOf(head, head.length + ids.length);
    System.arraycopy(ids, 0, all, head.length, ids.length);
    return all;
  }

  private static int[] toInts(long[] ids) {
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }
}
