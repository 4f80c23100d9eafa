package ai.signal.client;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Does operations that need no order, some at once. */
final class Workers {
  private final ExecutorService threads;
  private final Map<Ticket, SignalFuture<?>> waiting = new ConcurrentHashMap<>();
  private final AtomicLong sequence = new AtomicLong();
  private final Unfinished unfinished = new Unfinished();
  private boolean closed;

  /**
   * @param name of the threads
   * @param atOnce operations at work at once
   */
  Workers(String name, int atOnce) {
    this.threads = Executors.newFixedThreadPool(atOnce, daemons(name));
  }

  /** Threads that do not keep a JVM. */
  static ThreadFactory daemons(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Does an operation as soon as a thread is free.
   *
   * @throws IllegalStateException when these are closed
   */
  synchronized <T> SignalFuture<T> submit(String operation, Supplier<T> work) {
    Ticket ticket = ticket(operation);
    CompletableFuture<T> result = new CompletableFuture<>();
    AtomicBoolean taken = new AtomicBoolean(); // by a thread, or back by the caller
    SignalFuture<T> future =
        new SignalFuture<>(
            ticket,
            result,
            () ->
                taken.compareAndSet(false, true)
                    && result.completeExceptionally(
                        new SignalException.Cancelled(ticket, "was cancelled")));
    waiting.put(ticket, future);
    unfinished.begin();
    threads.execute(
        () -> {
          waiting.remove(ticket);
          if (taken.compareAndSet(false, true)) {
            complete(ticket, result, work);
          }
          unfinished.end();
        });
    return future;
  }

  /** Does an operation that takes no time. */
  <T> SignalFuture<T> answer(String operation, Supplier<T> work) {
    Ticket ticket = ticket(operation);
    CompletableFuture<T> result = new CompletableFuture<>();
    complete(ticket, result, work);
    return new SignalFuture<>(ticket, result, () -> false);
  }

  private synchronized Ticket ticket(String operation) {
    if (closed) {
      throw new IllegalStateException("Cannot submit " + operation + ": the client is closed");
    }
    return new Ticket(operation, sequence.incrementAndGet());
  }

  private static <T> void complete(Ticket ticket, CompletableFuture<T> result, Supplier<T> work) {
    try {
      result.complete(work.get());
    } catch (Throwable e) { // Spark's own, which no method declares, and errors
      result.completeExceptionally(
          e instanceof SignalException known ? known : new SignalException.Failed(ticket, e));
    }
  }

  /**
   * What has not begun is cancelled; what has is waited for, but not by itself.
   *
   * @param release done once, behind the last operation
   */
  void close(Runnable release) {
    synchronized (this) {
      closed = true;
      threads.shutdown();
    }
    waiting.values().forEach(SignalFuture::cancel);
    unfinished.close(release);
  }
}
