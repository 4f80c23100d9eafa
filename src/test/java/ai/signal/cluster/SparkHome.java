package ai.signal.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/**
 * What Spark wants in order to start processes where no distribution is installed: a folder that
 * looks like one. Its only jar refers to the class path of this JVM, so that executors run the
 * tests' own code.
 */
public final class SparkHome {
  private static final Path HOME = Path.of("target", "spark-home-of-tests").toAbsolutePath();

  private SparkHome() {}

  /** What a JVM needs in its environment to start executors. */
  public static Map<String, String> environment() {
    try {
      Path jars = Files.createDirectories(HOME.resolve("jars"));
      Files.writeString(HOME.resolve("RELEASE"), "Spark, from the class path of the tests\n");
      writeClassPath(jars.resolve("class-path.jar"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.of(
        "SPARK_HOME", HOME.toString(),
        "SPARK_SCALA_VERSION", "2.12",
        "SPARK_LOCAL_IP", "127.0.0.1");
  }

  private static void writeClassPath(Path jar) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            Arrays.stream(System.getProperty("java.class.path").split(":"))
                .map(entry -> Path.of(entry).toUri())
                .map(URI::toASCIIString)
                .collect(Collectors.joining(" ")));
    try (OutputStream out = Files.newOutputStream(jar)) {
      new JarOutputStream(out, manifest).close();
    }
  }
}
