package ai.signal.job;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.signal.spec.SpecException;
import ai.signal.train.Reward;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Specs and overrides that are not a person's: refused soon, and in one line. */
class HostileSpecTest {
  private static final String SOUND =
      "name: demo\nmodel: {base: builtin:tiny}\noutput: runs/demo\nstages: [{save: {}}]\n";

  @TempDir Path directory;

  static Stream<Arguments> specs() {
    return Stream.of(
        arguments(
            "a flow without end",
            "stages: " + "[".repeat(100_000),
            "line 1 nests lists or mappings deeper than"),
        arguments(
            "deep flow",
            "a: " + "{a: ".repeat(3000) + "1" + "}".repeat(3000),
            "nests lists or mappings deeper than"),
        arguments("deep blocks", blocks(300), "line 65 nests lists or mappings deeper than"),
        arguments("a bomb of aliases", "a: &a [x, x]\nb: [*a, *a]\n", "line 2 has the alias *a"),
        arguments("a merge key", "a: &a {x: 1}\n<<: *a\n", "has the alias *a"),
        arguments("a large file", "# " + "x".repeat(1 << 18), "it has more than 262,144 bytes"),
        arguments("a huge file", " ".repeat(5 << 20), "it has more than 262,144 bytes"),
        arguments("a long text", "x: " + "y".repeat(260_000), "x = 'yyy"),
        arguments("a text of schemes", "x: " + "a:/".repeat(80_000), "x = 'a:/a:/"),
        arguments("a path of letters", "output: " + "y".repeat(260_000), "is missing"),
        arguments("a path of words", "output: " + "a ".repeat(130_000), "is missing"),
        arguments("no UTF-8", "name: \u00ff", "it is not UTF-8 text"),
        arguments("no such character", "name: \"\\U00110000\"", "it is not YAML: "),
        arguments(
            "a long number",
            SOUND + "seed: " + "9".repeat(2000),
            "is refused, allowed: a whole number"),
        arguments(
            "a NUL in a path",
            "output: \"a\\0b\"",
            "output is refused: the location has a control character (U+0000)"),
        arguments(
            "half a pair in a path",
            "model: {base: \"\\ud800\"}",
            "model.base is refused: the location has half a surrogate pair (U+D800)"),
        arguments(
            "half a pair in an adapter",
            "lora: {init: \"\\udc00\"}",
            "lora.init is refused: the location has half a surrogate pair (U+DC00)"),
        arguments(
            "a NUL in data",
            "stages: [{train: {data: {path: \"\\0\"}}}]",
            "stages.0.train.data.path is refused: the location has a control"),
        arguments(
            "a NUL in held-out data",
            "stages: [save, {train: {evaluate: {data: {path: \"\\0\"}}}}]",
            "stages.1.train.evaluate.data.path is refused: the location has a"),
        arguments("a line in a key", "\"a\\nb\": 1", "a?b = 1 is not a key"),
        arguments(
            "a long key", "? " + "k".repeat(10_000) + "\n: 1", "has a key of 10,000 characters"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("specs")
  void refusesSpecs(String name, String yaml, String problem) throws Exception {
    Path file =
        Files.write(directory.resolve("job.yaml"), yaml.getBytes(StandardCharsets.ISO_8859_1));
    refused(file, List.of(), problem);
  }

  static Stream<Arguments> overrides() {
    return Stream.of(
        arguments("a deep path", "lora." + "a.".repeat(3000) + "b=1", "has more than 20 keys"),
        arguments(
            "a deep value",
            "lora.targets=" + "[".repeat(100_000),
            "nests lists or mappings deeper than"),
        arguments(
            "a long value",
            "seed=" + "9".repeat(2 << 20),
            "the value of seed: it has 2,097,152 characters"),
        arguments("an alias", "seed=*a", "has the alias *a"),
        arguments(
            "a NUL in a path",
            "output=\"a\\0b\"",
            "output is refused: the location has a control character (U+0000)"),
        arguments("lines", "a\nb=1", "a?b = 1 is not a key"),
        arguments("no value", "a\u2028b", "Invalid override 'a?b', allowed: key.path=value"),
        arguments("long", "x".repeat(100_000) + "=1", "allowed: name, model"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("overrides")
  void refusesOverrides(String name, String override, String problem) throws Exception {
    refused(Files.writeString(directory.resolve("job.yaml"), SOUND), List.of(override), problem);
  }

  @ParameterizedTest
  @MethodSource("rewards")
  void refusesRewards(RewardSpec reward, String problem) {
    assertThatThrownBy(() -> reward.reward("reward"))
        .isInstanceOf(SpecException.Value.class)
        .hasMessageContaining(problem);
  }

  static Stream<Arguments> rewards() {
    return Stream.of(
        arguments(
            new RewardSpec(
                RewardSpec.Name.MATCHES, Optional.of("(".repeat(50_000)), Optional.empty()),
            "' is refused: Stack overflow during pattern compilation"),
        arguments(
            new RewardSpec(
                RewardSpec.Name.CLASS, Optional.empty(), Optional.of(Broken.class.getName())),
            "it is no Reward that can be made"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"(x+x+)+y", "(?:x|z)*y"})
  void searchesForAPatternAreBounded(String pattern) {
    RewardSpec spec =
        new RewardSpec(RewardSpec.Name.MATCHES, Optional.of(pattern), Optional.empty());
    Reward reward = spec.reward("stages.0.sample.reward");
    assertThat(reward.of("", "xxy", Optional.empty())).isEqualTo(1);
    assertThatThrownBy(() -> reward.of("", "x".repeat(300_000), Optional.empty()))
        .isInstanceOf(SpecException.Value.class)
        .hasMessageStartingWith(
            "stages.0.sample.reward.pattern = '%s' is refused: it ".formatted(pattern))
        .hasMessageContaining(" on a completion of 300,000 characters; ");
  }

  /** A class that cannot be initialized. */
  static final class Broken {
    static final int VALUE = Integer.parseInt("x");

    private Broken() {}
  }

  private static void refused(Path file, List<String> overrides, String problem) {
    assertTimeoutPreemptively(
        ofSeconds(5), // alone, each takes some milliseconds
        () ->
            assertThatThrownBy(() -> SpecReader.read(file, overrides))
                .isInstanceOf(SpecException.class)
                .message()
                .contains(problem)
                .hasSizeLessThan(2100)
                .doesNotContain("\n", "\u0000"));
  }

  private static String blocks(int depth) {
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < depth; i++) {
      yaml.append(" ".repeat(i)).append("a:\n");
    }
    return yaml.toString();
  }
}
