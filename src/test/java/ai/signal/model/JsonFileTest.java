package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every JSON file of a model or adapter is held to. */
class JsonFileTest {
  private static final String KEY = "{\"a\": ";

  @TempDir Path directory;

  static Stream<Arguments> hostile() {
    return Stream.of(
        arguments("nested", KEY.repeat(101) + "1" + "}".repeat(101), "is not valid JSON: "),
        arguments("nested without end", KEY + "[".repeat(1_000_000), "is not valid JSON: "),
        arguments("long number", KEY + "1".repeat(1001) + "}", "is not valid JSON: Number"),
        arguments(
            "long fraction", KEY + "0." + "1".repeat(1001) + "}", "is not valid JSON: Number"),
        arguments("twice", "{\"a\": 1, \"a\": 2}", "is not valid JSON: Duplicate field 'a'"),
        arguments(
            "half a pair as a key", "{\"\\ud800\": 1, \"\\ud800\": 2}", "Duplicate field '?'"),
        arguments("no number", KEY + "NaN}", "is not valid JSON: NaN is no number of JSON"),
        arguments("two values", "{} {}", "is not valid JSON: Trailing token"),
        arguments("nothing", "", "is not a JSON object"),
        arguments(
            "large", KEY + "\"" + "x".repeat(4 << 20) + "\"}", "bytes; at most 4194304 are read"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void refusesByNameInOneLine(String name, String content, String problem) {
    Path file = LlamaFiles.text(directory.resolve("config.json"), content);
    assertThatThrownBy(() -> JsonFile.readSettings("model", file))
        .isInstanceOf(ModelFormatException.class)
        .message()
        .startsWith("Cannot load model: config.json ")
        .contains(problem)
        .hasSizeLessThan(800)
        .doesNotContain("\n");
  }

  @Test
  void reads() {
    String deep = KEY.repeat(100) + "1" + "}".repeat(100);
    Path file = LlamaFiles.text(directory.resolve("config.json"), deep);
    assertThat(JsonFile.readSettings("model", file).copy().toString())
        .isEqualTo(deep.replace(" ", ""));
  }
}
