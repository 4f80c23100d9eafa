package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneLineTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\nb",
        "a\rb",
        "a\u0000b",
        "a\u001bb",
        "a\u0085b",
        "a\u2028b",
        "a\u2029b",
        "a\ud800b",
        "a\udc00b"
      })
  void replacesWhatWouldNotStayOnTheLine(String text) {
    assertThat(OneLine.message(text)).isEqualTo("a?b");
    assertThat(OneLine.cut(text, 10)).isEqualTo("a?b");
  }

  @Test
  void keepsAllOtherCharacters() {
    String text = "\u00e9 \u65e5\u672c \ud83d\ude00 '\"\\";
    assertThat(OneLine.message(text)).isEqualTo(text);
  }

  @Test
  void leavesOutTheMiddleOfLongMessages() {
    String message = OneLine.message("Cannot x: " + "y".repeat(100_000) + "; do z");
    assertThat(message)
        .hasSize(2005)
        .startsWith("Cannot x: yyy")
        .contains("y ... y")
        .endsWith("; do z");
    assertThat(OneLine.cut("abc", 2)).isEqualTo("ab...");
  }
}
