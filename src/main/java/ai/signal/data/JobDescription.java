package ai.signal.data;

import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/** Names Spark jobs for people who look at Spark's pages. */
public final class JobDescription {
  private static final String PROPERTY = "spark.job.description";

  private JobDescription() {}

  /** What the jobs with these properties are called, or null. */
  public static String of(Properties properties) {
    return properties == null ? null : properties.getProperty(PROPERTY);
  }

  /**
   * Does {@code work}; the Spark jobs that this thread starts meanwhile are called {@code
   * description}, behind the description that is set already, if any, which returns afterwards.
   *
   * @param description such as {@code step 12/200 · forward_backward}
   */
  public static <R> R during(SparkContext context, String description, Supplier<R> work) {
    String previous = context.getLocalProperty(PROPERTY);
    String all = previous == null ? description : previous + " · " + description;
    return LocalProperties.during(context, Map.of(PROPERTY, all), work);
  }
}
