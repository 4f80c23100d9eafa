package ai.signal.cluster;

import ai.signal.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A standalone master and its workers, each a process. Workers have loopback addresses of their
 * own, which makes them different hosts to Spark.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final String PACKAGE = "org.apache.spark.deploy.";
  private static final List<String> OPTIONS = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");

  private final List<Process> processes = new ArrayList<>();
  private final String master;

  private StandaloneCluster() {
    String started = "Starting Spark master at (spark://\\S+)";
    this.master =
        start(
            Map.of(),
            started,
            "master.Master",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--webui-port",
            "0");
  }

  /** A master without workers. */
  static StandaloneCluster start() {
    return new StandaloneCluster();
  }

  /** What an application calls the master. */
  String master() {
    return master;
  }

  /** Adds a worker of one core. */
  void addWorker(String host) {
    addWorker(host, Map.of());
  }

  /** The same with an environment that its executors inherit. */
  void addWorker(String host, Map<String, String> environment) {
    start(
        environment,
        "Successfully registered with master (\\S+)",
        "worker.Worker",
        List.of("--host", host, "--webui-port", "0", "--cores", "1", "--memory", "1g", master)
            .toArray(String[]::new));
  }

  /** Starts a process and returns what its log says when it is ready. */
  private String start(Map<String, String> environment, String ready, String main, String... args) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(ChildJvm.command(OPTIONS, PACKAGE + main, args))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD);
      builder.environment().putAll(SparkHome.environment());
      builder.environment().putAll(environment);
      Process process = builder.start();
      processes.add(process);
      return await(Pattern.compile(ready), process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String await(Pattern ready, Process process) throws IOException {
    BufferedReader log = process.errorReader(StandardCharsets.UTF_8);
    StringBuilder seen = new StringBuilder();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      Matcher matcher = ready.matcher(line);
      if (matcher.find()) {
        drain(log);
        return matcher.group(1);
      }
      seen.append(line).append('\n');
    }
    throw new AssertionError("A process of the cluster ended:\n" + seen);
  }

  /** A process whose log nobody reads comes to a stop. */
  private static void drain(BufferedReader log) {
    Thread reader = new Thread(() -> log.lines().forEach(System.err::println), "cluster-log");
    reader.setDaemon(true);
    reader.start();
  }

  @Override
  public void close() {
    processes.forEach(process -> process.toHandle().destroy()); // leaves its log to be read
  }
}
