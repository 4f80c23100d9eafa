package ai.signal.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.config.ConfigEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** conf/*.conf: every key exists, has a value that Spark can read, and says why it is there. */
class ProfilesTest {
  private static final Pattern KEY = Pattern.compile("#?(spark\\.\\S+)\\s+(\\S.*)");

  /** Keys that Spark reads without an entry in its registry, or whose module is not here. */
  private static final List<Pattern> UNREGISTERED =
      Stream.of(
              "spark\\.master",
              "spark\\.files",
              "spark\\.stage\\.maxConsecutiveAttempts",
              "spark\\.executorEnv\\.[A-Z_]+",
              "spark\\.metrics\\.conf\\.\\*\\.sink\\.prometheusServlet\\.(class|path)",
              "spark\\.executor\\.resource\\.gpu\\.(amount|discoveryScript|vendor)",
              "spark\\.kubernetes\\.(namespace|container\\.image)",
              "spark\\.kubernetes\\.authenticate\\.driver\\.serviceAccountName",
              "spark\\.kubernetes\\.driver\\.annotation\\.prometheus\\.io/(scrape|path|port)",
              "spark\\.kubernetes\\.executor\\.volumes\\.hostPath\\.signal\\.(mount|options)\\.path")
          .map(Pattern::compile)
          .toList();

  @BeforeAll
  static void registerSparksEntries() throws ReflectiveOperationException {
    for (String holder : List.of("package", "UI", "Network", "Status", "Worker", "Deploy")) {
      Class.forName("org.apache.spark.internal.config." + holder + "$");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "standalone", "yarn", "kubernetes"})
  void everyKeyExistsAndHasAValueOfItsKind(String profile) throws IOException {
    keys(profile, true)
        .forEach(
            (key, value) -> {
              ConfigEntry<?> entry = ConfigEntry.findEntry(key);
              if (key.startsWith("spark.signal.")) {
                assertThat(ours(key)).as("%s in src/main", key).isTrue();
              } else if (entry == null) {
                assertThat(UNREGISTERED).as(key).anyMatch(known -> known.matcher(key).matches());
              } else {
                assertThat(new SparkConf(false).set(key, value).get(entry)).as(key).isNotNull();
                assertThat(entry.doc()).as(key).doesNotContainIgnoringCase("deprecated");
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "standalone", "yarn", "kubernetes"})
  void everyKeyHasAComment(String profile) throws IOException {
    String before = "";
    for (String line : Files.readAllLines(file(profile))) {
      if (KEY.matcher(line).matches()) {
        assertThat(before).as("the line before %s", line).isNotBlank();
      }
      before = line;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "standalone", "yarn", "kubernetes"})
  void whatEveryClusterNeedsIsSet(String profile) throws IOException {
    Map<String, String> set = keys(profile, false);
    assertThat(set)
        .containsEntry("spark.plugins", "ai.signal.cluster.SignalPlugin")
        .containsEntry("spark.scheduler.mode", "FAIR")
        .containsEntry("spark.broadcast.compress", "false")
        .containsEntry("spark.task.reaper.enabled", "true")
        .containsEntry("spark.ui.prometheus.enabled", "true");
    if (!profile.equals("local")) {
      assertThat(set)
          .containsEntry("spark.task.maxFailures", "16")
          .containsKey("spark.executor.memory");
    }
    if (profile.equals("yarn") || profile.equals("kubernetes")) {
      assertThat(set).containsKey("spark.executor.memoryOverhead");
    }
  }

  /**
   * The keys of a profile.
   *
   * @param choices whether those that are commented out count too
   */
  static Map<String, String> keys(String profile, boolean choices) throws IOException {
    Map<String, String> keys = new LinkedHashMap<>();
    List<String> twice = new ArrayList<>();
    for (String line : Files.readAllLines(file(profile))) {
      var key = KEY.matcher(line);
      if (key.matches()
          && (choices || !line.startsWith("#"))
          && keys.put(key.group(1), key.group(2)) != null) {
        twice.add(key.group(1));
      }
    }
    assertThat(twice).as("keys that stand twice in " + profile).isEmpty();
    return keys;
  }

  private static Path file(String profile) {
    return Path.of("conf", profile + ".conf");
  }

  private static boolean ours(String key) {
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        if (Files.readString(source).contains('"' + key + '"')) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
