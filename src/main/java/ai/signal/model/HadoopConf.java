package ai.signal.model;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/** How this JVM reaches file systems: on the driver, before Spark has started, and on executors. */
public final class HadoopConf {
  private static final String PREFIX = "spark.hadoop.";

  private HadoopConf() {}

  /**
   * The driver's own configuration where there is one; elsewhere Hadoop's files and what {@code
   * spark.hadoop.*} says.
   */
  public static Configuration current() {
    if (SparkSession.getDefaultSession().isDefined()) {
      return SparkSession.getDefaultSession().get().sparkContext().hadoopConfiguration();
    }
    Configuration conf = new Configuration();
    for (Tuple2<String, String> entry : spark().getAll()) {
      if (entry._1().startsWith(PREFIX)) {
        conf.set(entry._1().substring(PREFIX.length()), entry._2());
      }
    }
    return conf;
  }

  /** This JVM's Spark settings; before Spark has started, those that spark-submit was given. */
  static SparkConf spark() {
    SparkEnv env = SparkEnv.get();
    return env == null ? new SparkConf() : env.conf();
  }
}
