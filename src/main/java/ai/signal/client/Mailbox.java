package ai.signal.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The operations of one run, in the order in which they were submitted, done one after the other on
 * a thread of its own. Whoever submits waits only while the queue is full.
 */
final class Mailbox {
  /** Keys that are remembered: a retry comes soon or not at all. */
  private static final int KEYS = 10_000;

  private final String run;
  private final int capacity;
  private final Deque<Entry<?>> waiting = new ArrayDeque<>();
  private final Map<String, Keyed> keyed =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Keyed> eldest) {
          return size() > KEYS;
        }
      };
  private final Thread thread;
  private final Unfinished unfinished = new Unfinished(); // in the queue, in work or beside it
  private long sequence;
  private boolean closed;

  /**
   * A mailbox.
   *
   * @param run that people know
   * @param capacity operations that may wait, at least 1
   */
  Mailbox(String run, int capacity) {
    this.run = run;
    this.capacity = capacity;
    this.thread = new Thread(this::work, "signal-run-" + run);
    thread.setDaemon(true);
    thread.start();
  }

  private record Entry<T>(
      Ticket ticket,
      CompletableFuture<T> result,
      OperationOf<? extends CompletionStage<T>> operation,
      Runnable finished) {

    void run() {
      try {
        Unfinished.within(() -> operation.run(ticket)).whenComplete(this::end);
      } catch (Throwable e) { // Spark's own, which no method declares, and errors
        end(null, e);
      }
    }

    private void end(T value, Throwable failure) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      if (cause == null) {
        result.complete(value);
      } else if (cause instanceof SignalException) {
        result.completeExceptionally(cause);
      } else {
        result.completeExceptionally(new SignalException.Failed(ticket, cause));
      }
      finished.run();
    }
  }

  private record Keyed(String payload, SignalFuture<?> future) {}

  /**
   * Appends an operation. Where its key has been seen before, nothing is appended, and the future
   * is that of the first time.
   *
   * @param name of the operation
   * @param request its key and the digest of all that it was asked for; null: no key
   * @param operation what is done, given its place
   * @throws IllegalArgumentException when the key was used for something else
   * @throws IllegalStateException when the run is closed
   */
  <T> SignalFuture<T> submit(String name, Request request, OperationOf<T> operation) {
    return submitBeside(
        name, request, ticket -> CompletableFuture.completedFuture(operation.run(ticket)));
  }

  /**
   * The same for an operation that begins in its turn and goes on beside those behind it.
   *
   * @param operation what begins, given its place
   */
  <T> SignalFuture<T> submitBeside(
      String name, Request request, OperationOf<? extends CompletionStage<T>> operation) {
    return submitBeside(name, request, operation, ticket -> false);
  }

  /**
   * The same for an operation that can be ended early.
   *
   * @param operation what begins, given its place
   * @param stop ends it when it has begun, given its place; whether it had not ended
   */
  synchronized <T> SignalFuture<T> submitBeside(
      String name,
      Request request,
      OperationOf<? extends CompletionStage<T>> operation,
      Predicate<Ticket> stop) {
    if (request != null && keyed.containsKey(request.key())) {
      return repeated(name, request);
    }
    boolean mayWait = Thread.currentThread() != thread;
    await(() -> closed || !mayWait || waiting.size() < capacity);
    if (closed) {
      throw new IllegalStateException("Cannot submit %s: run %s is closed".formatted(name, run));
    }
    Ticket ticket = new Ticket(name, ++sequence);
    CompletableFuture<T> result = new CompletableFuture<>();
    Entry<T> entry = new Entry<>(ticket, result, operation, unfinished::end);
    waiting.add(entry);
    unfinished.begin();
    notifyAll();
    SignalFuture<T> future =
        new SignalFuture<>(
            ticket, result, () -> cancel(entry, "was cancelled") || stop.test(ticket));
    if (request != null) {
      keyed.put(request.key(), new Keyed(request.payload(), future));
    }
    return future;
  }

  /** What is done, given its place. */
  @FunctionalInterface
  interface OperationOf<T> {
    T run(Ticket ticket);
  }

  /**
   * How an operation is known when it is submitted again.
   *
   * @param key of the caller's choice
   * @param payload digest of the operation and all of its arguments
   */
  record Request(String key, String payload) {}

  @SuppressWarnings("unchecked") // the same payload has the same type of result
  private <T> SignalFuture<T> repeated(String name, Request request) {
    Keyed first = keyed.get(request.key());
    if (!first.payload.equals(request.payload())) {
      throw new IllegalArgumentException(
          "Cannot submit %s: key '%s' was used for another request, %s %d"
              .formatted(name, request.key(), first.future.operation(), first.future.sequence()));
    }
    return (SignalFuture<T>) first.future;
  }

  /** Outside of the lock: whoever waits for the result may do anything with it. */
  private boolean cancel(Entry<?> entry, String why) {
    synchronized (this) {
      if (!waiting.remove(entry)) {
        return false;
      }
      notifyAll();
    }
    entry.end(null, new SignalException.Cancelled(entry.ticket, why));
    return true;
  }

  private void work() {
    for (Entry<?> next = next(); next != null; next = next()) {
      next.run();
    }
  }

  private synchronized Entry<?> next() {
    await(() -> closed || !waiting.isEmpty());
    Entry<?> next = closed ? null : waiting.poll();
    notifyAll();
    return next;
  }

  private synchronized void await(BooleanSupplier condition) {
    try {
      while (!condition.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted in run " + run, e);
    }
  }

  /**
   * What waits is cancelled; what has begun is waited for, but not by itself.
   *
   * @param release done once, behind the last operation
   */
  void close(Runnable release) {
    List<Entry<?>> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(waiting);
      notifyAll();
    }
    left.forEach(entry -> cancel(entry, "was cancelled: the run was closed"));
    unfinished.close(release);
  }
}
