package ai.signal.data;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/** What the Spark jobs that a thread starts carry with them, to the scheduler and to every task. */
public final class LocalProperties {
  private LocalProperties() {}

  /** Does {@code work} with these properties; the thread's own return afterwards. */
  public static <R> R during(
      SparkContext context, Map<String, String> properties, Supplier<R> work) {
    Map<String, String> previous = new HashMap<>();
    properties.keySet().forEach(name -> previous.put(name, context.getLocalProperty(name)));
    properties.forEach(context::setLocalProperty);
    try {
      return work.get();
    } finally {
      previous.forEach(context::setLocalProperty); // null removes one
    }
  }
}
