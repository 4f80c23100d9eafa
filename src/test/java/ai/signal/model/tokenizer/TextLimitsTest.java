package ai.signal.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextLimitsTest {
  private static final String LINEAR = "\\\\s+(?!\\\\S)|\\\\s+";
  private static final String QUADRATIC = "\\\\s+$";

  @TempDir Path directory;

  @Test
  void runsOfWhatAQuadraticPatternScans() {
    TextLimits limits = limits(QUADRATIC, "null");

    assertThat(limits.problem(" ".repeat(20_000) + "x")).isEmpty();
    assertThat(limits.problem("word ".repeat(100_000))).isEmpty();
    assertThat(limits.problem(" ".repeat(100_000) + "x")).get().asString().contains("\\s+$");
    assertThat(limits.problem((" ".repeat(19_000) + "x").repeat(9))).isPresent();
  }

  @Test
  void linearPatternsTakeLongRuns() {
    TextLimits limits = limits(LINEAR, "null");

    assertThat(limits.problem(" ".repeat(1_000_000) + "x")).isEmpty();
    assertThat(limits.problem("a".repeat(8_000_000))).isEmpty();
    assertThat(limits.problem(" ".repeat(8_000_000) + "x")).isPresent(); // 10,000,000 retries abort
  }

  @Test
  void afterReplaceEveryCharacterMayBeOfTheRun() {
    String blank = "{\"type\": \"Replace\", \"pattern\": {\"String\": \"a\"}, \"content\": \"  \"}";

    assertThat(limits(QUADRATIC, "null").problem("a".repeat(100_000))).isEmpty();
    assertThat(limits(QUADRATIC, blank).problem("a".repeat(100_000))).isPresent();
  }

  private TextLimits limits(String regex, String normalizer) {
    String split =
        "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"%s\"}, \"behavior\": \"Isolated\", \"invert\": false}"
            .formatted(regex);
    Path file =
        TokenizerJson.base()
            .with("pre_tokenizer", split)
            .with("normalizer", normalizer)
            .write(directory);
    return TokenizerFile.read(file).limits();
  }
}
