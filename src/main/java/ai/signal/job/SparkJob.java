package ai.signal.job;

import java.io.IOException;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** A Spark session for one job; the only place that opens or stops one. */
final class SparkJob {
  private static final String REDACTION = "spark.redaction.regex";

  /** Spark's own default, and the keys of Azure, of Google and of encryption. */
  static final String SECRET_KEYS =
      "(?i)secret|password|token|(access|account|private|encryption)[._-]?key|[.]sas[.]";

  /** The master of the job that a dry run plans; the dry run itself stays on this machine. */
  static final String PLANNED_MASTER = "spark.signal.planned.master";

  /**
   * How deep in a task's failure Spark looks for errors that end the executor's process. On this
   * machine that is the driver's, which would end without a word about its heap.
   */
  private static final String KILL = "spark.executor.killOnFatalError.depth";

  private SparkJob() {}

  /** The settings of the session that is there, or of the one that would be. */
  static SparkConf conf() {
    if (isThere()) {
      return SparkSession.active().sparkContext().getConf();
    }
    SparkConf conf = new SparkConf();
    return conf.contains(PLANNED_MASTER) ? conf.setMaster(conf.get(PLANNED_MASTER)) : conf;
  }

  private static boolean isThere() {
    return SparkSession.getActiveSession().isDefined()
        || SparkSession.getDefaultSession().isDefined();
  }

  /** What a job needs to run. */
  record Ready(SparkSession spark, OutputDirectory output) {}

  /** What to do with it. */
  @FunctionalInterface
  interface Work {
    int run(JobSpec spec, Ready ready) throws IOException;
  }

  /** What to do with a session. */
  @FunctionalInterface
  interface OnSpark<T> {
    T run(SparkSession spark) throws IOException;
  }

  /** Runs a job on {@link #with a session}. */
  static int run(JobSpec spec, Work work) throws IOException {
    return with(
        spec.name(),
        spark -> {
          try (OutputDirectory output =
              OutputDirectory.open(spec.output(), spark.sparkContext().hadoopConfiguration())) {
            return work.run(spec, new Ready(spark, output));
          }
        });
  }

  /**
   * Runs work on the session that is there, or on a new one, which is stopped afterwards. Master
   * and resources are the submitter's choice.
   *
   * @param name of the application, where it is new
   */
  static <T> T with(String name, OnSpark<T> work) throws IOException {
    boolean ours = !isThere();
    String master = conf().get("spark.master", "local[*]");
    if (ours) {
      SparkCores.require(conf());
      SparkMaster.require(master);
    }
    SparkSession.Builder builder = SparkSession.builder().appName(name);
    if (ours && master.matches("local(\\[.*)?") && !conf().contains(KILL)) {
      builder.config(KILL, 0);
    }
    if (ours && !conf().contains(REDACTION)) {
      builder.config(REDACTION, SECRET_KEYS);
    }
    SparkSession spark = ours ? SparkStart.session(builder, conf()) : builder.getOrCreate();
    try {
      return work.run(spark);
    } finally {
      if (ours) {
        spark.stop();
      }
    }
  }
}
