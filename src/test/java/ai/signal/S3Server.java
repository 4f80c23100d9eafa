package ai.signal;

import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;

/**
 * A real S3 server on this host: S3Proxy, which checks signatures, in a process of its own with the
 * class path that Maven wrote to {@code target/s3-server.txt}. It keeps objects in memory, or in a
 * directory.
 */
public final class S3Server implements AutoCloseable {
  public static final String ACCESS_KEY = "signal-tests";
  public static final String SECRET_KEY = "not-a-secret";

  private static final Path JARS = Path.of("target/s3-server.txt");
  private static final Pattern STARTED =
      Pattern.compile("Started .*ServerConnector.*\\{127\\.0\\.0\\.1:([0-9]+)}");
  private static final AtomicInteger BUCKETS = new AtomicInteger();

  private final Process process;
  private final int port;

  private S3Server(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** A server that keeps objects in memory. */
  public static S3Server start() {
    return start(Map.of("jclouds.provider", "transient"));
  }

  /** A server that keeps objects in files below a directory. */
  public static S3Server start(Path directory) {
    return start(
        Map.of(
            "jclouds.provider", "filesystem", "jclouds.filesystem.basedir", directory.toString()));
  }

  private static S3Server start(Map<String, String> settings) {
    try {
      Path home = Files.createTempDirectory("s3-server");
      StringBuilder properties =
          new StringBuilder(
              """
              s3proxy.endpoint=http://127.0.0.1:0
              s3proxy.authorization=aws-v2-or-v4
              s3proxy.identity=%s
              s3proxy.credential=%s
              """
                  .formatted(ACCESS_KEY, SECRET_KEY));
      settings.forEach((key, value) -> properties.append(key + "=" + value + "\n"));
      Files.writeString(home.resolve("s3proxy.properties"), properties);
      Files.writeString(
          home.resolve("logback.xml"),
          """
          <configuration>
            <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
              <encoder><pattern>%level %logger{0}: %msg%n</pattern></encoder>
            </appender>
            <root level="info"><appender-ref ref="out"/></root>
          </configuration>
          """);
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx512m",
                  "-XX:TieredStopAtLevel=1",
                  "-Dlogback.configurationFile=" + home.resolve("logback.xml"),
                  "-cp",
                  Files.readString(JARS).strip(),
                  "org.gaul.s3proxy.Main",
                  "--properties",
                  home.resolve("s3proxy.properties").toString())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      // Also where a main method ends before it closes the server.
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "s3-server-end"));
      return new S3Server(process, port(process));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int port(Process process) throws IOException {
    BufferedReader log = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder seen = new StringBuilder();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      Matcher matcher = STARTED.matcher(line);
      if (matcher.find()) {
        Thread reader = new Thread(() -> log.lines().forEach(System.err::println), "s3-server");
        reader.setDaemon(true);
        reader.start();
        return Integer.parseInt(matcher.group(1));
      }
      seen.append(line).append('\n');
    }
    throw new AssertionError("The S3 server ended:\n" + seen);
  }

  /** The port it listens on, on the loopback address. */
  public int port() {
    return port;
  }

  /** A new bucket. */
  public String bucket() {
    String name = "bucket-" + BUCKETS.incrementAndGet();
    AmazonS3 client =
        AmazonS3ClientBuilder.standard()
            .withEndpointConfiguration(
                new AwsClientBuilder.EndpointConfiguration("http://127.0.0.1:" + port, "us-east-1"))
            .withCredentials(
                new AWSStaticCredentialsProvider(new BasicAWSCredentials(ACCESS_KEY, SECRET_KEY)))
            .withPathStyleAccessEnabled(true)
            .build();
    client.createBucket(name);
    client.shutdown();
    return name;
  }

  /** Hadoop settings that reach it. */
  public Configuration conf() {
    return conf(port);
  }

  /** The same through another port, of a proxy. */
  public static Configuration conf(int port) {
    Configuration conf = new Configuration();
    settings(port).forEach(conf::set);
    return conf;
  }

  /** What makes hadoop-aws use the server behind a port, as {@code spark.hadoop.KEY} too. */
  public static Map<String, String> settings(int port) {
    return Map.of(
        "fs.s3a.endpoint", "http://127.0.0.1:" + port,
        "fs.s3a.endpoint.region", "us-east-1",
        "fs.s3a.path.style.access", "true",
        "fs.s3a.connection.ssl.enabled", "false",
        "fs.s3a.access.key", ACCESS_KEY,
        "fs.s3a.secret.key", SECRET_KEY,
        // hadoop-aws 3.3.4 compares ETags of multipart uploads in a way that this server does not
        // know
        "fs.s3a.change.detection.mode", "none",
        "fs.s3a.aws.credentials.provider", "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider");
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
