package ai.signal.client;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * The result of an operation that was submitted.
 *
 * @param <T> of the result
 */
public final class SignalFuture<T> {
  /** Never a thread that does operations, which what depends on one may wait for. */
  private static final Executor DEPENDENTS =
      Executors.newCachedThreadPool(Workers.daemons("signal-dependents"));

  private final Ticket ticket;
  private final CompletableFuture<T> result;
  private final BooleanSupplier cancel;

  SignalFuture(Ticket ticket, CompletableFuture<T> result, BooleanSupplier cancel) {
    this.ticket = ticket;
    this.result = result;
    this.cancel = cancel;
  }

  /** What was asked for. */
  public String operation() {
    return ticket.operation();
  }

  /**
   * Its number among the operations of its run, from 1: they take effect in this order. Operations
   * of a client are numbered too, and go on side by side.
   */
  public long sequence() {
    return ticket.sequence();
  }

  /**
   * Waits for the result.
   *
   * @throws SignalException when there is none
   */
  public T result() {
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause());
    } catch (CancellationException e) {
      throw new SignalException.Cancelled(ticket, "was cancelled");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SignalException.Failed(ticket, e);
    }
  }

  /**
   * Waits for the result, but not for ever.
   *
   * @throws SignalException when there is none; {@link SignalException.TimedOut} when there is none
   *     yet
   */
  public T result(Duration patience) {
    try {
      result.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new SignalException.TimedOut(ticket, patience);
    } catch (ExecutionException | CancellationException e) {
      return result();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SignalException.Failed(ticket, e);
    }
    return result();
  }

  /** Whether there is a result or a failure. */
  public boolean isDone() {
    return result.isDone();
  }

  /**
   * Takes the operation back, if it has not begun. One that consists of others, such as {@code
   * train}, ends behind the one of them that has begun.
   *
   * @return whether it was taken back; otherwise it goes on
   */
  public boolean cancel() {
    return cancel.getAsBoolean();
  }

  /**
   * For composition; completing or cancelling it changes nothing of the operation. What depends on
   * it is done on a thread of its own, or the caller's where there is a result: it may wait, and
   * close what the operation was asked of.
   */
  public CompletableFuture<T> toCompletableFuture() {
    return result.isDone() ? result.copy() : result.whenCompleteAsync((value, e) -> {}, DEPENDENTS);
  }

  private RuntimeException unwrapped(Throwable cause) {
    return cause instanceof SignalException known
        ? known
        : new SignalException.Failed(ticket, cause);
  }
}
