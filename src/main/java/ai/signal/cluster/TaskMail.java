package ai.signal.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.PluginContext;

/**
 * Texts from tasks to the driver while they still run, on the plugin's way. What one task sends
 * arrives in its order; what a lost executor sent last may not.
 */
public final class TaskMail implements AutoCloseable {
  private static final String MARK = "mail ";
  private static final Map<String, TaskMail> OPEN = new ConcurrentHashMap<>();
  private static volatile PluginContext plugin; // of this executor

  private final String address = UUID.randomUUID().toString();
  private final Consumer<String> receiver;

  private TaskMail(Consumer<String> receiver) {
    this.receiver = receiver;
  }

  /**
   * A box on the driver.
   *
   * @param receiver takes each text; not to take long
   * @throws ClusterException where executors have no way to it
   */
  public static TaskMail open(SparkContext spark, Consumer<String> receiver) {
    if (!spark.isLocal() && ExecutorRegistry.of(spark).isEmpty()) {
      throw new ClusterException(
          "Cannot stream: executors can tell the driver nothing before a task ends; start Spark with spark.plugins="
              + SignalPlugin.class.getName());
    }
    TaskMail box = new TaskMail(receiver);
    OPEN.put(box.address, box);
    return box;
  }

  /** What tasks send to. */
  public String address() {
    return address;
  }

  /** Sends a text, from a task. */
  public static void send(String address, String text) {
    String letter = MARK + address + " " + text;
    PluginContext way = plugin;
    if (way == null) { // local mode without the plugin: the driver is here
      deliver(letter);
      return;
    }
    try {
      way.send(letter);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot reach the driver: " + e.getMessage(), e);
    }
  }

  static void connect(PluginContext context) {
    plugin = context;
  }

  static boolean isMail(String message) {
    return message.startsWith(MARK);
  }

  /** Late mail to a box that is closed is dropped. */
  static void deliver(String letter) {
    int end = letter.indexOf(' ', MARK.length());
    TaskMail box = OPEN.get(letter.substring(MARK.length(), end));
    if (box != null) {
      box.receiver.accept(letter.substring(end + 1));
    }
  }

  @Override
  public void close() {
    OPEN.remove(address);
  }
}
