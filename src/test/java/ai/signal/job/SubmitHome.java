package ai.signal.job;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The project as {@code mvn package} leaves it, for tests that run before there is a package:
 * submit.sh and conf/, and a jar that refers to the compiled classes and their libraries. S3's
 * library, which only tests have, is not among them.
 */
final class SubmitHome {
  private static final long TIMEOUT_SECONDS = 300;

  /** Libraries that the jar carries; what is none of these comes with Spark. */
  private static final Pattern CARRIED =
      Pattern.compile(
          "/(ai/djl|picocli|me/tongfei|jline|jackson-dataformat-yaml|snakeyaml|gson|jna)/");

  private static final Pattern OF_TESTS = Pattern.compile("/(hadoop-aws|aws-java-sdk[^/]*)/");

  private final Path home;

  private SubmitHome(Path home) {
    this.home = home;
  }

  /** How a command ended, and what it printed. */
  record Ended(int status, String out, String err) {}

  /** Lays the project out in a new directory. */
  static SubmitHome in(Path directory) throws IOException {
    Path home = Files.createDirectories(directory).toRealPath();
    Path target = Files.createDirectories(home.resolve("target"));
    Files.createDirectories(home.resolve("src/main"));
    Files.copy(Path.of("submit.sh"), home.resolve("submit.sh"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(home.resolve("pom.xml"), "");
    Files.createSymbolicLink(home.resolve("jobs"), Path.of("jobs").toAbsolutePath());
    Files.createSymbolicLink(home.resolve("conf"), Path.of("conf").toAbsolutePath());
    List<Path> all =
        Arrays.stream(System.getProperty("java.class.path").split(":", -1)).map(Path::of).toList();
    List<Path> jars = all.stream().filter(entry -> entry.toString().endsWith(".jar")).toList();
    Stream<Path> carried =
        Stream.concat(
            Stream.of(Path.of("target/classes").toAbsolutePath()),
            jars.stream().filter(jar -> CARRIED.matcher(jar.toString()).find()));
    write(target.resolve("signal-spark.jar"), carried.toList());
    Files.writeString(
        target.resolve("spark-jars.txt"),
        jars.stream()
            .map(Path::toString)
            .filter(jar -> !CARRIED.matcher(jar).find() && !OF_TESTS.matcher(jar).find())
            .collect(Collectors.joining(":")));
    return new SubmitHome(home);
  }

  private static void write(Path jar, List<Path> classPath) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            classPath.stream()
                .map(entry -> entry.toUri().toASCIIString())
                .collect(Collectors.joining(" ")));
    try (OutputStream out = Files.newOutputStream(jar)) {
      new JarOutputStream(out, manifest).close();
    }
  }

  Path path() {
    return home;
  }

  /** A process of submit.sh that is not started, in the directory of the project. */
  ProcessBuilder command(Map<String, String> environment, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(home.resolve("submit.sh").toString()));
    command.addAll(arguments);
    ProcessBuilder builder = process(command);
    builder.environment().putAll(environment);
    return builder;
  }

  /** A command line of bash that is not started, in the directory of the project. */
  ProcessBuilder bash(String line) {
    return process(List.of("bash", "-c", line));
  }

  private ProcessBuilder process(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().remove("SPARK_HOME");
    return builder;
  }

  /** Runs submit.sh to its end. */
  Ended run(Map<String, String> environment, List<String> arguments) throws IOException {
    Path out = Files.createTempFile(home, "out", ".txt");
    Process process = command(environment, arguments).redirectOutput(out.toFile()).start();
    // Read to its end: what shortens the reports of spark-submit may end after the JVM.
    CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> all(process));
    int status = await(process);
    return new Ended(status, read(out), err.join());
  }

  /** The exit status of a process, which has to end. */
  static int await(Process process) {
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("submit.sh runs for too long");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while submit.sh ran", e);
    }
  }

  private static String all(Process process) {
    try {
      return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
