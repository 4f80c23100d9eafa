package ai.signal.checkpoint;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.fs.FSError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves checkpoints of one run, each on a background thread while the caller goes on. Opening takes
 * the output over: whoever wrote there before can commit nothing more.
 *
 * <p>A save that fails is tried again; one that stays failed is thrown by the next call and ends
 * the writer. Calls of several threads wait for each other.
 */
public final class CheckpointWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

  private final CheckpointStore store;
  private final Attempts attempts;
  private final SavePolicy policy;
  private final ExecutorService thread;

  private Save underWay;
  private CheckpointException failure;
  private boolean told;
  private Optional<Manifest> last = Optional.empty();

  /** A snapshot on its way, and when it has to be there. */
  private record Save(long step, CompletableFuture<Manifest> committed, long deadline) {}

  private CheckpointWriter(CheckpointStore store, Attempts attempts, SavePolicy policy) {
    this.store = store;
    this.attempts = attempts;
    this.policy = policy;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread background = new Thread(task, "checkpoint-writer");
              background.setDaemon(true);
              return background;
            });
  }

  /**
   * Takes an output over.
   *
   * @param store stays the caller's to close, after this writer
   */
  public static CheckpointWriter open(CheckpointStore store, RunIdentity run, SavePolicy policy)
      throws IOException {
    return new CheckpointWriter(store, Attempts.open(store, run), policy);
  }

  /**
   * Takes an output over, to go on from a checkpoint in it: that one counts as saved.
   *
   * @param store stays the caller's to close, after this writer
   * @param from what was loaded
   */
  public static CheckpointWriter resume(
      CheckpointStore store, RunIdentity run, SavePolicy policy, Manifest from) throws IOException {
    CheckpointWriter writer = open(store, run, policy);
    writer.last = Optional.of(from);
    return writer;
  }

  /**
   * Begins to save, after the save before this one has ended.
   *
   * @param snapshot of a later step than the one before; must not change until it is saved
   * @return done when it is committed, on the writer's thread, or has failed
   * @throws CheckpointException if an earlier save has failed
   */
  public CompletionStage<Manifest> save(Snapshot snapshot) {
    return save(snapshot, policy.retention());
  }

  /**
   * The same with another retention.
   *
   * @param retention what is deleted after this save; empty for nothing
   */
  public synchronized CompletionStage<Manifest> save(
      Snapshot snapshot, Optional<Retention> retention) {
    await();
    last.filter(manifest -> manifest.step() >= snapshot.step())
        .ifPresent(
            manifest -> {
              throw new IllegalArgumentException(
                  "Cannot save checkpoint of step %d: step %d is saved already"
                      .formatted(snapshot.step(), manifest.step()));
            });
    long deadline = System.nanoTime() + policy.limit().toNanos();
    CompletableFuture<Manifest> committed = new CompletableFuture<>();
    underWay = new Save(snapshot.step(), committed, deadline);
    thread.execute(
        () -> {
          Manifest manifest;
          try {
            manifest = save(snapshot, deadline);
          } catch (Throwable e) { // an Error ends the thread, and must end the run
            committed.completeExceptionally(e);
            return;
          }
          committed.complete(manifest);
          tidy(manifest, retention);
        });
    return committed.minimalCompletionStage();
  }

  /**
   * Waits until all is committed, at most the limit of a save.
   *
   * @return what was saved last; empty before the first
   * @throws CheckpointException if a save has failed
   */
  public synchronized Optional<Manifest> await() {
    if (failure == null && underWay != null) {
      try {
        last = Optional.of(outcome(underWay));
      } catch (CheckpointException e) {
        failure = e;
      }
      underWay = null;
    }
    if (failure != null) {
      told = true;
      thread.shutdownNow();
      throw again(failure);
    }
    return last;
  }

  /** Waits like {@link #await}, and ends the thread. A failure that was thrown is not repeated. */
  @Override
  public void close() {
    try {
      if (!told) {
        await();
      }
      thread.shutdown(); // lets it delete what is old
      if (!thread.awaitTermination(policy.limit().toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.warn("Old checkpoints in {} are not deleted yet", store.location());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      thread.shutdownNow();
    }
  }

  private Manifest outcome(Save save) {
    try {
      long left = Math.max(0, save.deadline() - System.nanoTime());
      return save.committed().get(left, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw failed(save.step(), "not done after " + limit(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(save.step(), "interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof CheckpointException known
          ? known
          : failed(save.step(), CheckpointException.reason(e), e.getCause());
    }
  }

  /** A new exception with the place where it is thrown: the first one has a thread of its own. */
  private static CheckpointException again(CheckpointException failure) {
    return failure instanceof ForeignWriterException
        ? new ForeignWriterException(failure.getMessage())
        : new CheckpointException(failure.getMessage(), failure);
  }

  private Manifest save(Snapshot snapshot, long deadline) {
    for (int tried = 1; ; tried++) {
      try {
        return attempts.save(snapshot);
      } catch (CheckpointException e) {
        throw e;
      } catch (IOException | RuntimeException | FSError e) { // a full disk is Hadoop's error
        String reason = CheckpointException.reason(e);
        if (tried == policy.tries() || System.nanoTime() - deadline > 0) {
          String tries = tried == 1 ? "" : "%d tries failed, the last: ".formatted(tried);
          throw failed(snapshot.step(), tries + reason, e);
        }
        LOG.warn("Checkpoint of step {} is tried again: {}", snapshot.step(), reason);
      }
    }
  }

  /** What is left over costs space, not safety: a failure is logged. */
  private void tidy(Manifest newest, Optional<Retention> retention) {
    try {
      if (retention.isPresent()) {
        retain(retention.get(), newest);
      }
      new Sweep(store, attempts.deletion()).run(attempts::live);
    } catch (IOException | RuntimeException | FSError e) {
      LOG.warn(
          "Old checkpoints in {} are not deleted: {}",
          store.location(),
          CheckpointException.reason(e));
    }
  }

  /** Later steps than the newest are of a run that was continued from before them. */
  private void retain(Retention retention, Manifest newest) throws IOException {
    List<Manifest> own = new ArrayList<>();
    for (StepEntry entry : store.list()) {
      if (entry instanceof StepEntry.Committed committed
          && entry.step() <= newest.step()
          && committed.manifest().run().id().equals(newest.run().id())) {
        own.add(committed.manifest());
      }
    }
    Set<Long> kept = retention.kept(own);
    for (Manifest manifest : own) {
      if (!kept.contains(manifest.step())) {
        store.delete(manifest.step(), attempts.deletion());
      }
    }
  }

  private CheckpointException failed(long step, String reason, Throwable cause) {
    return new CheckpointException(
        "Cannot save checkpoint of step %d in %s: %s".formatted(step, store.location(), reason),
        cause);
  }

  private String limit() {
    Duration limit = policy.limit();
    return limit.toSeconds() < 10 ? limit.toMillis() + " ms" : limit.toSeconds() + " s";
  }
}
