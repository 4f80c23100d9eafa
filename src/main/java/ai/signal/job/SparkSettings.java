package ai.signal.job;

import ai.signal.storage.StoreProblem;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkConf;
import scala.Tuple2;

/**
 * The settings that a user gave Spark, and which of them is the cause where Spark does not start.
 */
final class SparkSettings {
  private static final List<String> PORTS =
      List.of(
          "spark.ui.port",
          "spark.driver.port",
          "spark.blockManager.port",
          "spark.driver.blockManager.port");
  private static final List<String> HOSTS =
      List.of("spark.driver.host", "spark.driver.bindAddress");
  private static final String DIRECTORIES = "spark.local.dir";
  private static final String DIRECTORIES_VARIABLE = "SPARK_LOCAL_DIRS";
  private static final int LEAST_PORT = 1024;
  private static final int GREATEST_PORT = 65535;

  /** Set by submit.sh or by Signal. */
  private static final Pattern OURS =
      Pattern.compile(
          "spark\\.(app\\.|signal\\.|submit\\.|master$|driver\\.defaultJava|ui\\.show).*");

  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):/");
  private static final Pattern SECRET = Pattern.compile(SparkJob.SECRET_KEYS);

  private final SparkConf conf;

  SparkSettings(SparkConf conf) {
    this.conf = conf;
  }

  /**
   * Refuses values for which Spark would end the process, or fail without a word about the setting.
   *
   * @throws SparkStartException for the first of them
   */
  void requireUsable() {
    for (String key : PORTS) {
      String port = conf.get(key, "0").strip();
      if (port.matches("-?\\d{1,9}") && !isPort(Integer.parseInt(port))) {
        throw refused(key, ", allowed: 0, or %d to %d".formatted(LEAST_PORT, GREATEST_PORT));
      }
    }
    for (String key : HOSTS) {
      if (conf.contains(key) && !isHost(conf.get(key))) {
        throw refused(key, ": the host is unknown; name one that this machine can look up");
      }
    }
    String directories = System.getenv(DIRECTORIES_VARIABLE); // Spark prefers it
    if (directories != null) {
      requireUsable(DIRECTORIES_VARIABLE, directories);
    } else if (conf.contains(DIRECTORIES)) {
      requireUsable(DIRECTORIES, conf.get(DIRECTORIES));
    }
  }

  private static void requireUsable(String name, String directories) {
    if (Arrays.stream(directories.split(",", -1)).noneMatch(SparkSettings::isUsable)) {
      throw refused(name, directories, ": no directory can be made or written there; name another");
    }
  }

  private SparkStartException refused(String key, String why) {
    return refused(key, shown(key), why);
  }

  private static SparkStartException refused(String name, String value, String why) {
    return new SparkStartException("%s=%s is refused%s".formatted(name, value, why), true, null);
  }

  private static boolean isPort(int port) {
    return port == 0 || (port >= LEAST_PORT && port <= GREATEST_PORT);
  }

  private static boolean isHost(String name) {
    try {
      return !name.isBlank() && InetAddress.getByName(name) != null;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static boolean isUsable(String directory) {
    try {
      Path path = Path.of(directory.strip());
      boolean isNew = !Files.exists(path);
      Files.createDirectories(path);
      boolean usable = Files.isDirectory(path) && Files.isWritable(path);
      if (isNew) {
        Files.delete(path); // Spark makes it when it needs it
      }
      return usable;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  /** A failure of Spark's start in one line, with the setting that it names or quotes. */
  SparkStartException refusal(Throwable failure) {
    List<String> messages = messages(failure);
    return StoreProblem.of(failure)
        .filter(problem -> problem.kind() == StoreProblem.Kind.COMMAND)
        .map(problem -> refusal(problem, failure))
        .orElseGet(() -> refusal(failure, named(messages).or(() -> quoted(messages))));
  }

  /** A file system whose library is missing, with the setting that has a location in it. */
  private SparkStartException refusal(StoreProblem problem, Throwable failure) {
    Optional<String> key = keys().filter(it -> hasNoFileSystem(conf.get(it))).findFirst();
    return new SparkStartException(
        problem.cause() + setting(key) + "; " + problem.mend(), true, failure);
  }

  private static boolean hasNoFileSystem(String value) {
    Matcher scheme = SCHEME.matcher(value);
    if (!scheme.lookingAt()) {
      return false;
    }
    try {
      return FileSystem.getFileSystemClass(scheme.group(1), new Configuration()) == null;
    } catch (IOException | RuntimeException e) { // of a class that is missing
      return true;
    }
  }

  /** A later failure as one of a setting; empty where it names none that the user gave. */
  Optional<SparkStartException> laterRefusal(Throwable failure) {
    return named(messages(failure)).map(key -> refusal(failure, Optional.of(key)));
  }

  private SparkStartException refusal(Throwable failure, Optional<String> key) {
    Throwable root = Throwables.root(failure);
    String mend =
        root instanceof ClassNotFoundException
            ? "correct it, or add its library: --packages or --jars"
            : key.isPresent() ? "correct that setting" : "--verbose shows where";
    return new SparkStartException(
        said(root) + setting(key) + "; " + mend, key.isPresent(), failure);
  }

  private String setting(Optional<String> key) {
    return key.map(it -> " (%s=%s)".formatted(it, shown(it))).orElse("");
  }

  private static String said(Throwable root) {
    String message = root.getMessage() == null ? "" : root.getMessage().strip();
    if (message.isEmpty()) {
      return root.getClass().getSimpleName();
    }
    if (root instanceof ClassNotFoundException) {
      return "the class %s is missing"
          .formatted(message.replaceFirst("^Class (\\S+) not found$", "$1")); // as Hadoop says it
    }
    return root instanceof NoSuchFileException || root instanceof FileNotFoundException
        ? message.replaceFirst("^File (\\S+) does not exist$", "there is no $1")
        : message.lines().findFirst().orElse("").replaceFirst("^\\[[A-Z_.]+\\] ", "");
  }

  private static List<String> messages(Throwable failure) {
    return Throwables.chain(failure).stream()
        .map(Throwable::getMessage)
        .filter(Objects::nonNull)
        .toList();
  }

  private Optional<String> named(List<String> messages) {
    return keys().filter(key -> messages.stream().anyMatch(said -> quotes(said, key))).findFirst();
  }

  /** The setting with the longest value among those that messages quote. */
  private Optional<String> quoted(List<String> messages) {
    return keys()
        .filter(key -> messages.stream().anyMatch(said -> quotes(said, conf.get(key))))
        .max(Comparator.comparing(key -> conf.get(key).length()));
  }

  /** The user's own, the longest first. */
  private Stream<String> keys() {
    return Arrays.stream(conf.getAll())
        .map(Tuple2::_1)
        .filter(key -> !OURS.matcher(key).matches())
        .sorted(Comparator.comparing(String::length).reversed());
  }

  /** Whether a text has a value as a word of its own. */
  private static boolean quotes(String text, String value) {
    Pattern word = Pattern.compile("(?<![\\w.-])" + Pattern.quote(value) + "(?![\\w-]|\\.\\w)");
    return text.equals(value) || (value.length() > 1 && word.matcher(text).find());
  }

  private String shown(String key) {
    return SECRET.matcher(key).find() ? "***" : conf.get(key);
  }
}
