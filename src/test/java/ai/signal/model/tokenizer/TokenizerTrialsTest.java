package ai.signal.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.model.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerTrialsTest {
  private static final String CACHE = "spark.signal.cache.dir";

  @TempDir Path directory;
  @TempDir Path cache;

  @BeforeEach
  void ownCache() {
    System.setProperty(CACHE, cache.toString());
  }

  @AfterEach
  void sharedCache() {
    System.clearProperty(CACHE);
  }

  @Test
  void aTokenizerIsTriedOnce() throws IOException {
    TokenizerFile file = TokenizerFile.read(TokenizerJson.base().write(directory));
    AtomicInteger trials = new AtomicInteger();

    for (int i = 0; i < 3; i++) {
      TokenizerTrials.run(
          file,
          () -> {
            trials.incrementAndGet();
            return List.of("the head of the data", "half a pair \ud83d");
          });
    }

    assertThat(trials).hasValue(1);
    assertThat(cached()).hasSize(1).allMatch(name -> name.startsWith(file.sha256()));
  }

  @Test
  void anotherContentIsTriedAgain() throws IOException {
    TokenizerTrials.run(TokenizerFile.read(TokenizerJson.base().write(directory)), List::of);
    TokenizerTrials.run(
        TokenizerFile.read(TokenizerJson.base().with("version", "\"1.0\" ").write(directory)),
        List::of);

    assertThat(cached()).hasSize(2);
  }

  /** What the native library does with files that validation refuses. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "pre_tokenizer @{\"type\": \"FixedLength\", \"length\": 0}",
        "decoder       @{\"type\": \"Strip\", \"content\": \"a\", \"start\": 0, \"stop\": 3}",
        "normalizer    @{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"AAAAAA==\"}",
        "normalizer    @{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"(a+)+b\"}, \"content\": \"\"}"
      })
  void abortsAreCaught(String part, String json) {
    assertThatThrownBy(() -> attempt(TokenizerJson.base().with(part, json)))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(
            "Cannot load tokenizer: tokenizer.json aborted the process that tried it (exit code 1")
        .hasMessageEndingWith("(" + directory + ")");
  }

  @Test
  void memoryIsLimited() {
    String grow =
        "{\"type\": \"Replace\", \"pattern\": {\"String\": \"a\"}, \"content\": \""
            + "a".repeat(99)
            + "\"}";
    TokenizerJson growing =
        TokenizerJson.base()
            .with(
                "normalizer",
                "{\"type\": \"Sequence\", \"normalizers\": [%s, %s, %s]}"
                    .formatted(grow, grow, grow));

    assertThatThrownBy(() -> attempt(growing))
        .hasMessageContaining("tokenizer.json took more than 2048 MiB in a trial");
  }

  @Test
  void timeIsLimited() throws IOException {
    Files.writeString(
        directory.resolve(TokenizerTrial.TOKENIZER),
        TokenizerJson.base()
            .with(
                "pre_tokenizer",
                "{\"type\": \"Split\", \"pattern\": {\"Regex\": \" +$\"}, \"behavior\": \"Isolated\", \"invert\": false}")
            .toString());
    Files.writeString(directory.resolve(TokenizerTrial.TEXTS), " ".repeat(2_000_000) + "x");

    TrialProcess.End end = TrialProcess.run(directory, 2, 2048);

    assertThat(end.isReady()).isTrue();
    assertThat(end.exit()).isEqualTo(TokenizerTrial.EXIT_TIME);
  }

  @Test
  void whatTheLibrarySaysIsPassedOn() {
    TokenizerJson unknown = TokenizerJson.base().with("model", "{\"type\": \"Markov\"}");

    assertThatThrownBy(() -> attempt(unknown))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("tokenizer.json failed in a trial: ");
  }

  @Test
  void withoutAProcessTheTokenizerPasses() throws IOException {
    TokenizerFile file = TokenizerFile.read(TokenizerJson.base().write(directory));
    String home = System.getProperty("java.home");
    System.setProperty("java.home", directory.toString());
    try {
      assertThatCode(() -> TokenizerTrials.run(file, List::of)).doesNotThrowAnyException();
    } finally {
      System.setProperty("java.home", home);
    }

    assertThat(cached()).isEmpty();
  }

  private void attempt(TokenizerJson json) throws IOException {
    TokenizerTrials.attempt(directory, json.toString(), List.of(), cache);
  }

  private List<String> cached() throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).toList();
    }
  }
}
