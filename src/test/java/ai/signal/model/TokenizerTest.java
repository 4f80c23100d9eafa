package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
  private static final int HELLO = TokenizerFiles.MERGES + 3;
  private static final int SPACE_W = TokenizerFiles.MERGES + 4;

  @TempDir Path directory;

  @Test
  void mergesAndBytes() {
    try (Tokenizer tokenizer = load(List.of("<s>"), List.of())) {
      assertThat(tokenizer.encode("hello wé"))
          .containsExactly(HELLO, SPACE_W, letter(0xC3), letter(0xA9));
      assertThat(tokenizer.vocabSize()).isEqualTo(TokenizerFiles.MERGES + 5);
    }
  }

  @Test
  void specialsInFrontButNoEndOfSequence() {
    try (Tokenizer tokenizer = load(List.of("<s>"), List.of("</s>"))) {
      assertThat(tokenizer.encode("hello")).containsExactly(HELLO);
      assertThat(tokenizer.encodeWithSpecials("hello")).containsExactly(0, HELLO);
      assertThat(tokenizer.encodeWithSpecials("")).containsExactly(0);
      assertThat(tokenizer.encodeWithSpecials("hello</s>")).containsExactly(0, HELLO, 1);
    }
  }

  @Test
  void noSpecials() {
    try (Tokenizer tokenizer = load(List.of(), List.of())) {
      assertThat(tokenizer.encodeWithSpecials("hello")).containsExactly(HELLO);
      assertThat(tokenizer.encodeWithSpecials("")).isEmpty();
      assertThat(tokenizer.encode("")).isEmpty();
    }
  }

  @Test
  void specialTokensInTextAndLeftOutAgain() {
    try (Tokenizer tokenizer = load(List.of("<s>"), List.of())) {
      assertThat(tokenizer.encode("<s>hello</s>")).containsExactly(0, HELLO, 1);
      assertThat(tokenizer.decode(new int[] {0, HELLO, 1, SPACE_W, 2})).isEqualTo("hello w");
      assertThat(tokenizer.decode(new int[0])).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        " two  spaces \n\t",
        "Grüße, 世界",
        "emoji 👩‍🚀 and 𝔘",
        "a\u0000b",
        "\r\n"
      })
  void textComesBack(String text) {
    try (Tokenizer tokenizer = load(List.of("<s>"), List.of())) {
      int[] ids = tokenizer.encode(text);

      assertThat(tokenizer.decode(ids)).isEqualTo(text);
      assertThat(ids).hasSizeLessThanOrEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
    }
  }

  /** Both SentencePiece kinds begin a text with a space, one of them also after a special token. */
  @ParameterizedTest
  @CsvSource({
    "llama2, 'Answer:', ' Paris', ' Paris'",
    "llama2, 'Answer:', 'Paris', 'Paris'",
    "llama2, 'Answer:', ' Paris</s>', ' Paris'",
    "llama2, 'Answer</s>', 'Paris', 'Paris'",
    "llama2, '', 'Paris', 'Paris'",
    "metaspace, 'Answer:', ' Paris', ' Paris'",
    "metaspace, '<|assistant|>', ' Paris', ' Paris'",
    "metaspace, '<|assistant|>', 'Paris', 'Paris'",
    "metaspace, '', 'Paris', 'Paris'",
    "gemma, 'Answer:', ' Paris', ' Paris'",
    "gpt2, 'Answer:', ' Paris', ' Paris'"
  })
  void aContinuationKeepsItsFirstSpace(String family, String prompt, String rest, String text) {
    try (Tokenizer tokenizer = Tokenizer.load(Path.of("src/test/resources/tokenization", family))) {
      int[] before = tokenizer.encodeWithSpecials(prompt);
      int[] ids = tokenizer.encodeAfter(prompt, rest);
      assertThat(tokenizer.continuation(before).decode(ids)).isEqualTo(text);
    }
  }

  @Test
  void offsetsCountCharsAndWhiteSpace() {
    try (Tokenizer tokenizer = load(List.of("<s>"), List.of())) {
      EncodedText encoded = tokenizer.encodeWithOffsets("😀 w</s>hello");
      assertThat(encoded.ids()).endsWith(SPACE_W, 1, HELLO).hasSize(7);
      assertThat(encoded.starts()).containsExactly(0, 0, 0, 0, 2, 4, 8);
      assertThat(encoded.ends()).containsExactly(2, 2, 2, 2, 4, 8, 13);
    }
  }

  @Test
  void halfASurrogatePairIsReplaced() {
    try (Tokenizer tokenizer = load(List.of(), List.of())) {
      assertThat(tokenizer.decode(tokenizer.encode("a\ud83db"))).matches("a\ufffd+b");
    }
  }

  @Test
  void bytesThatAreNoTextAreReplaced() {
    try (Tokenizer tokenizer = load(List.of(), List.of())) {
      assertThat(tokenizer.decode(new int[] {letter('a'), letter(0xC3), letter('b')}))
          .isEqualTo("a\ufffdb");
    }
  }

  @Test
  void neverTruncatesNorPads() {
    String asked =
        """
        , "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 16}, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 2,
                    "pad_type_id": 0, "pad_token": "<pad>"}""";
    TokenizerFiles.write(directory, List.of("<s>"), List.of(), asked);

    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      assertThat(tokenizer.encode("x")).containsExactly(letter('x'));
      assertThat(tokenizer.encodeWithSpecials("x")).containsExactly(0, letter('x'));
      assertThat(tokenizer.encode("x ".repeat(5000))).hasSize(10_000);
    }
  }

  @Test
  void severalThreadsAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Tokenizer tokenizer = load(List.of("<s>"), List.of())) {
      List<Callable<String>> tasks = new ArrayList<>();
      IntStream.range(0, 400)
          .forEach(i -> tasks.add(() -> tokenizer.decode(tokenizer.encode("hello " + i))));
      List<Future<String>> texts = threads.invokeAll(tasks);
      for (int i = 0; i < texts.size(); i++) {
        assertThat(texts.get(i).get()).isEqualTo("hello " + i);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** In a JVM of its own, since the native library is loaded only once. */
  @Test
  void loadsOnAThreadThatDoesNotSeeDjlAndStaysOffline() throws Exception {
    TokenizerFiles.write(directory, List.of(), List.of(), "");
    Path output = directory.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            FreshJvm.class.getName(),
            directory.toString());
    builder.environment().remove("OPT_OUT_TRACKING");

    int exit = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor();

    assertThat(output).content().endsWith("offline true, untracked true, ids [" + HELLO + "]\n");
    assertThat(exit).isZero();
  }

  static final class FreshJvm {
    private FreshJvm() {}

    public static void main(String[] directory) {
      ClassLoader withoutDjl = ClassLoader.getPlatformClassLoader();
      Thread.currentThread().setContextClassLoader(withoutDjl);
      try (Tokenizer tokenizer = Tokenizer.load(Path.of(directory[0]))) {
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(withoutDjl);
        System.out.printf(
            "offline %s, untracked %s, ids %s%n",
            System.getProperty("ai.djl.offline"),
            System.getProperty("OPT_OUT_TRACKING"),
            Arrays.toString(tokenizer.encode("hello")));
      }
    }
  }

  @Test
  void filesThatAreNone() {
    assertThatThrownBy(() -> Tokenizer.load(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage("Cannot load tokenizer: there is no tokenizer.json (" + directory + ")");
    LlamaFiles.text(
        directory.resolve("tokenizer.json"), "{\"model\": {\"type\": \"BPE\", \"vocab\": {}}}");
    assertThatThrownBy(() -> Tokenizer.load(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("Cannot load tokenizer: tokenizer.json is not usable: ");
    LlamaFiles.text(directory.resolve("tokenizer.json"), "{\"model\": {}}");
    assertThatThrownBy(() -> Tokenizer.load(directory))
        .hasMessageContaining("tokenizer.json has no 'model.vocab'");
  }

  /** Files of slow tokenizers, which only transformers reads. */
  @ParameterizedTest
  @ValueSource(strings = {"tokenizer.model", "spiece.model", "vocab.txt", "vocab.json"})
  void saysHowToMakeATokenizerJson(String file) {
    LlamaFiles.text(directory.resolve(file), "");
    String needs = file.endsWith(".model") ? ", which needs sentencepiece and protobuf" : "";

    assertThatThrownBy(() -> Tokenizer.load(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(
            "Cannot load tokenizer: there is no tokenizer.json, only %s; make one in Python with transformers.AutoTokenizer.from_pretrained(directory).save_pretrained(directory)%s (%s)",
            file, needs, directory);
  }

  private Tokenizer load(List<String> before, List<String> after) {
    TokenizerFiles.write(directory, before, after, "");
    return Tokenizer.load(directory);
  }

  private static int letter(int unsignedByte) {
    return TokenizerFiles.BYTES + unsignedByte;
  }
}
