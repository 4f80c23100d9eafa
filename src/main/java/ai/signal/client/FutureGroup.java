package ai.signal.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Operations to wait for together, of one run or of several. One thread at a time.
 *
 * @param <T> of their results
 */
public final class FutureGroup<T> {
  private final List<SignalFuture<T>> futures = new ArrayList<>();

  /** Adds one. */
  public FutureGroup<T> add(SignalFuture<T> future) {
    futures.add(future);
    return this;
  }

  /**
   * Waits for all.
   *
   * @return results in the order in which they were added
   * @throws SignalException of the first, in that order, that has no result; the others are waited
   *     for nevertheless
   */
  public List<T> waitAll() {
    List<Outcome<T>> outcomes = waitAllOutcomes();
    return outcomes.stream().map(Outcome::orThrow).toList();
  }

  /** Waits for all, and throws nothing. */
  public List<Outcome<T>> waitAllOutcomes() {
    List<Outcome<T>> outcomes = new ArrayList<>();
    for (SignalFuture<T> future : futures) {
      try {
        outcomes.add(new Outcome<>(future.result(), null));
      } catch (SignalException e) {
        outcomes.add(new Outcome<>(null, e));
      }
    }
    return outcomes;
  }

  /**
   * Waits for the first that is done.
   *
   * @return its result
   * @throws SignalException when it has none
   * @throws IllegalStateException when the group is empty
   */
  public T waitAny() {
    if (futures.isEmpty()) {
      throw new IllegalStateException("Cannot wait for any: the group is empty");
    }
    CompletableFuture<?>[] all =
        futures.stream()
            .map(future -> future.toCompletableFuture().exceptionally(failure -> null))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.anyOf(all).join();
    return futures.stream().filter(SignalFuture::isDone).findFirst().orElseThrow().result();
  }

  /**
   * Takes back those that have not begun.
   *
   * @return how many
   */
  public int cancelAll() {
    int cancelled = 0;
    for (SignalFuture<T> future : futures) {
      cancelled += future.cancel() ? 1 : 0;
    }
    return cancelled;
  }

  /**
   * A result or what there is instead.
   *
   * @param result null where there is an error, and where the operation has nothing to say
   * @param error null where there is a result
   */
  public record Outcome<T>(T result, SignalException error) {
    T orThrow() {
      if (error != null) {
        throw error;
      }
      return result;
    }
  }
}
