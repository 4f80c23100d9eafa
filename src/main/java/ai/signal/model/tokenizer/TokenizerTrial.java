package ai.signal.model.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.signal.storage.LocalFiles;
import ai.signal.storage.ReadLimit;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The main class of a process that tries a tokenizer: loads it and encodes and decodes texts. It
 * ends itself where that takes too long or too much memory. It needs nothing but DJL.
 */
public final class TokenizerTrial {
  /** Counts the changes of what is tried. */
  static final int VERSION = 1;

  static final String TOKENIZER = "tokenizer.json";
  static final String TEXTS = "texts";

  /** Written to standard output once the native library works. */
  static final String READY = "signal-trial: ready";

  /** Written before what the library says about the file. */
  static final String FAILED = "signal-trial: failed: ";

  static final int EXIT_FAILED = 3;
  static final int EXIT_MEMORY = 4;
  static final int EXIT_TIME = 5;

  /** Parts texts; no text contains it. */
  private static final String SEPARATOR = "\u0000";

  private static final Map<String, String> OPTIONS =
      Map.of("truncation", "false", "padding", "false");

  private static final String KNOWN_GOOD =
      "{\"version\":\"1.0\",\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},\"model\":"
          + "{\"type\":\"WordLevel\",\"vocab\":{\"a\":0},\"unk_token\":\"a\"}}";

  private TokenizerTrial() {}

  /**
   * Tries the tokenizer of a directory.
   *
   * @param args the directory, the seconds and the mebibytes that the trial may take
   */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    try (InputStream json = stream(KNOWN_GOOD);
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(json, OPTIONS)) {
      tokenizer.encode("a");
    }
    System.out.println(READY);
    watch(Long.parseLong(args[1]), Long.parseLong(args[2]));
    try {
      run(LocalFiles.text(directory.resolve(TOKENIZER), ReadLimit.TOKENIZER), texts(directory));
    } catch (IOException | RuntimeException e) {
      System.out.println(FAILED + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
      System.out.flush();
      Runtime.getRuntime().halt(EXIT_FAILED);
    }
    Runtime.getRuntime().halt(0);
  }

  private static void run(String tokenizerJson, List<String> texts) throws IOException {
    try (InputStream json = stream(tokenizerJson);
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(json, OPTIONS)) {
      for (String text : texts) {
        Encoding encoding = tokenizer.encode(text, true, false);
        tokenizer.decode(encoding.getIds(), true);
        tokenizer.decode(encoding.getIds(), false);
      }
      tokenizer.decode(new long[0], true);
    }
  }

  private static InputStream stream(String json) {
    return new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
  }

  /** The texts that every tokenizer is tried on, and those of the directory. */
  private static List<String> texts(Path directory) throws IOException {
    List<String> texts = new ArrayList<>(fixed());
    Path more = directory.resolve(TEXTS);
    if (Files.exists(more)) {
      texts.addAll(List.of(LocalFiles.text(more, ReadLimit.PROCESS).split(SEPARATOR)));
    }
    return texts;
  }

  /** Joins texts for the file {@link #TEXTS}. */
  static String join(List<String> texts) {
    return String.join(
        SEPARATOR, texts.stream().map(text -> text.replace(SEPARATOR, " ")).toList());
  }

  private static List<String> fixed() {
    String flags = "\ud83c\udde9\ud83c\uddea \ud83d\udc69\u200d\ud83d\ude80";
    return List.of(
        "",
        " ",
        "a",
        "Hello, world! It's 2024-12-01, don't you'll we've  12345678901234567890",
        "\n\n \r\n\t\t  x \u00a0\u2003\u3000 y\n",
        "e\u0301\u0302\u0303 \u00e9 \u0130 \u00df \ufb01 \u2460 \ufdfa \u1e9b\u0323",
        flags + " \ud835\udd18 \ud83c\udffb",
        "\u4e16\u754c \u3053\u3093 \ud55c\uad6d \u0928\u092e\u0938\u094d \u0e2a\u0e27 \u0645\u0631",
        "\u0000\u0001\u007f\u0085\u200b\u200e\ufeff\ufffd\uffff",
        "<s></s><|endoftext|><|im_start|>[CLS][MASK]<0x0A><unk>\u2581",
        "a".repeat(10_000),
        "aB".repeat(5_000) + "!",
        " ".repeat(10_000) + "x",
        "\n".repeat(5_000) + "x",
        "1".repeat(5_000),
        "!?".repeat(3_000),
        "\u0301".repeat(1_000),
        "\u4e16".repeat(3_000));
  }

  /** Ends the process when its time or memory is over, whatever native code does meanwhile. */
  private static void watch(long seconds, long mebibytes) {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    Thread watch =
        new Thread(
            () -> {
              while (true) {
                if (System.nanoTime() > end) {
                  Runtime.getRuntime().halt(EXIT_TIME);
                }
                if (residentMebibytes() > mebibytes) {
                  Runtime.getRuntime().halt(EXIT_MEMORY);
                }
                pause();
              }
            },
            "watch");
    watch.setDaemon(true);
    watch.start();
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long residentMebibytes() {
    try {
      for (String line : LocalFiles.kernelLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) >> 10;
        }
      }
    } catch (NoSuchFileException e) {
      return 0; // not Linux: no limit of memory
    } catch (IOException e) {
      return 0;
    }
    return 0;
  }
}
