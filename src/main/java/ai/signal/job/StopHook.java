package ai.signal.job;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Does something when the driver is asked to stop, as by SIGTERM where a spot instance is taken
 * away, or by Ctrl-C: before Spark stops, and while whatever computes goes on computing.
 */
final class StopHook implements AutoCloseable {
  /** Spark's own hook has 40, that of Hadoop's file systems 10: the higher ones come first. */
  private static final int BEFORE_SPARK = 100;

  /** Whoever stops it sets the limit: two minutes on spot instances, 30 s in Kubernetes. */
  private static final long MINUTES = 15;

  private final Runnable work;
  private final CountDownLatch done = new CountDownLatch(1);

  /**
   * @throws JobStoppedException when the driver is stopping already
   */
  StopHook(Runnable stopping) {
    this.work =
        () -> {
          try {
            stopping.run();
          } finally {
            done.countDown();
          }
        };
    try {
      ShutdownHookManager.get().addShutdownHook(work, BEFORE_SPARK, MINUTES, TimeUnit.MINUTES);
    } catch (IllegalStateException e) { // it is stopping already
      throw new JobStoppedException();
    }
  }

  /** Whether this process is ending, by a signal or by itself. */
  static boolean isStopping() {
    return ShutdownHookManager.get().isShutdownInProgress();
  }

  /** Waits until it is done, if the driver stops. */
  void await() {
    try {
      if (isStopping()) {
        done.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (!isStopping()) {
      ShutdownHookManager.get().removeShutdownHook(work);
    }
  }
}
