package ai.signal.cluster;

import ai.signal.ChildJvm;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;

/**
 * What an application tells of its training.
 *
 * @param results of its runs
 * @param lanes of all calls of forward_backward
 * @param recomputed attempts at lanes beyond each first, speculative copies not counted
 * @param lost attempts that ended with their executor
 * @param kills executors that were killed while a lane ran there
 * @param copies speculative
 * @param copiesUsed speculative, done before the original
 * @param overlaps lanes that began while a lane of another call ran
 * @param lanesOfHosts attempts that succeeded, by host
 */
record Outcome(
    List<Training.Result> results,
    int lanes,
    int recomputed,
    int lost,
    int kills,
    int copies,
    int copiesUsed,
    int overlaps,
    Map<String, Integer> lanesOfHosts) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Smaller, and sooner at work, than what a JVM takes by itself. */
  static final String JVM_OPTIONS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1";

  /** The outcome of an application in a JVM of its own, which may start executors. */
  static Outcome of(Class<?> main, String... args) throws IOException {
    List<String> options = List.of(("-Xmx1g " + JVM_OPTIONS).split(" "));
    return JSON.readValue(
        ChildJvm.run(SparkHome.environment(), options, main, args), Outcome.class);
  }

  /** The main method of such an application; a JVM that had executors does not end by itself. */
  static void tell(Callable<Outcome> application) {
    int status = 1;
    try {
      System.out.println(JSON.writeValueAsString(application.call()));
      status = 0;
    } catch (Exception e) {
      LoggerFactory.getLogger(Outcome.class).error("The application failed", e);
    } finally {
      System.exit(status);
    }
  }
}
