package ai.signal.storage;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Tells a person that an operation on a store is pending, again and again until it ends: the
 * clients of stores repeat a request for minutes without a word. Safe for use by many threads.
 */
final class StoreWatch {
  private static final ScheduledExecutorService CLOCK =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "store-watch");
            thread.setDaemon(true);
            return thread;
          });

  private final String store;
  private final Duration longest;
  private final Duration period;
  private final Consumer<String> told;

  /** An operation on a store. */
  @FunctionalInterface
  interface Operation<T> {
    T run() throws IOException;
  }

  /**
   * A watch of one store.
   *
   * @param store its location, for people
   * @param longest time for which its client repeats a request; zero where that is not known
   * @param period between two lines
   * @param told takes a line
   */
  StoreWatch(String store, Duration longest, Duration period, Consumer<String> told) {
    this.store = store;
    this.longest = longest;
    this.period = period;
    this.told = told;
  }

  /** Runs an operation, and tells of it in every period for which it is pending. */
  <T> T during(Operation<T> operation) throws IOException {
    long begin = System.nanoTime();
    ScheduledFuture<?> telling =
        CLOCK.scheduleAtFixedRate(
            () -> told.accept(line(Duration.ofNanos(System.nanoTime() - begin))),
            period.toNanos(),
            period.toNanos(),
            TimeUnit.NANOSECONDS);
    try {
      return operation.run();
    } finally {
      telling.cancel(false);
    }
  }

  private String line(Duration pending) {
    String limit =
        pending.compareTo(longest) < 0 ? " of at most %d s".formatted(longest.toSeconds()) : "";
    return "still trying to reach %s: %d s%s".formatted(store, pending.toSeconds(), limit);
  }
}
