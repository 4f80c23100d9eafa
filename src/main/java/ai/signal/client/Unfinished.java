package ai.signal.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Operations that have not ended, for whoever closes: he waits for them, unless he is called by one
 * of them (a listener, a consumer of tokens), which would wait for itself. Thread-safe.
 */
final class Unfinished {
  private static final ThreadLocal<Boolean> WITHIN = ThreadLocal.withInitial(() -> false);

  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private CompletableFuture<Void> released; // null: not closed
  private long count = 1; // with the one that ends when this is closed

  /** One more. */
  synchronized void begin() {
    count++;
  }

  /** One less; its future is complete. */
  void end() {
    synchronized (this) {
      if (--count > 0) {
        return;
      }
    }
    over.complete(null);
  }

  /** Does work that is part of an operation and calls what is not ours. */
  static <T> T within(Supplier<T> work) {
    boolean before = WITHIN.get();
    WITHIN.set(true);
    try {
      return work.get();
    } finally {
      WITHIN.set(before);
    }
  }

  /**
   * Waits until nothing is left and what it used is released. Within an operation it does not wait:
   * the last one that ends does the release.
   *
   * @param release done once, however often this is closed
   */
  void close(Runnable release) {
    boolean first;
    synchronized (this) {
      first = released == null;
      released = first ? over.thenRun(release) : released;
    }
    if (first) {
      end();
    }
    if (!WITHIN.get()) {
      await();
    }
  }

  private void await() {
    try {
      released.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while operations go on", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot close: " + e.getCause().getMessage(), e.getCause());
    }
  }
}
