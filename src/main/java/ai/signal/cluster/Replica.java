package ai.signal.cluster;

import ai.djl.Device;
import ai.signal.model.AdapterShape;
import ai.signal.model.Decoder;
import ai.signal.model.ModelDirectory;
import ai.signal.model.NativeAdapter;
import ai.signal.model.Scope;
import ai.signal.model.Tokenizer;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/**
 * A base model loaded once in this JVM. It serves any run by being handed an adapter, admits as
 * many lanes at once as it has cores for, and computes on threads of its own: a Spark task may be
 * killed while a native call is under way, and then waits here until it is over, so that nothing is
 * freed that is still in use.
 */
public final class Replica implements AutoCloseable {
  private static final ReplicaCache LOADED =
      new ReplicaCache(Replica::new, () -> HostMemory.read(Path.of("/")).free());
  private static final AtomicInteger THREADS = new AtomicInteger();

  private final boolean lanesAlone; // the memory of a GPU is planned for one lane
  private final Decoder decoder;
  private final Tokenizer tokenizer;
  private final NativeAdapter noAdapter;
  private final AdapterCache adapters;
  private final int coreCount = cores();
  private final Semaphore cores = new Semaphore(coreCount, true);
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "signal-replica-" + THREADS.incrementAndGet());
            thread.setDaemon(true);
            return thread;
          });

  Replica(PlacedModel placed, ModelDirectory model) {
    this.lanesAlone = placed.onGpu();
    this.decoder =
        Decoder.load(model, placed.spec().dtype(), placed.devices().toArray(Device[]::new));
    this.tokenizer = Tokenizer.load(model.path());
    this.noAdapter = decoder.adapter(new float[0], AdapterShape.none(model.config()));
    this.adapters = new AdapterCache(decoder);
    ReplicaMetrics.replicaLoaded();
  }

  /**
   * Runs the work of a lane on this JVM's replica of a model, which is loaded by the first caller
   * while the others wait, as soon as enough cores are free.
   *
   * @param intraOpThreads threads of each native call; the lane holds as many cores
   * @throws ClusterException on an executor that is not like those that the run began with
   */
  public static <T> T run(ReplicaSpec spec, int intraOpThreads, AdapterRef adapter, Work<T> work) {
    Preflight.check(spec.gpus() > 0);
    PlacedModel model = PlacedModel.of(spec, TaskGpus.of(TaskContext.get()));
    try (ReplicaCache.Use use = LOADED.use(model)) {
      return use.replica().run(intraOpThreads, adapter, work);
    }
  }

  /**
   * Frees every replica of this JVM that no lane computes with; the others when their lanes end.
   */
  public static void closeAll() {
    LOADED.evictAll();
  }

  public Decoder decoder() {
    return decoder;
  }

  /** An adapter without values: the base model alone. */
  public NativeAdapter noAdapter() {
    return noAdapter;
  }

  /** Computes with one more adapter version, within the work of a lane. */
  public <T> T with(AdapterRef other, Function<NativeAdapter, T> work) {
    try (AdapterCache.Use use = adapters.use(other)) {
      return work.apply(use.adapter());
    }
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** Native work of one lane. */
  @FunctionalInterface
  public interface Work<T> {
    /**
     * Computes.
     *
     * @param replica the base model
     * @param scope tensors made in it live until the work ends
     * @param adapter the version that was asked for
     * @param lease asked between micro-batches whether to go on
     */
    T run(Replica replica, Scope scope, NativeAdapter adapter, Lease lease);
  }

  /** Tells the work that its task was killed. */
  @FunctionalInterface
  public interface Lease {
    /** Throws when the work's result is no longer wanted. */
    void check();
  }

  private <T> T run(int intraOpThreads, AdapterRef adapter, Work<T> work) {
    int permits = lanesAlone ? coreCount : Math.min(intraOpThreads, coreCount);
    TaskContext task = TaskContext.get();
    cores.acquireUninterruptibly(permits);
    try {
      AtomicBoolean cancelled = new AtomicBoolean();
      Future<T> result =
          threads.submit(
              () -> {
                try (Scope scope = decoder.scope(intraOpThreads);
                    AdapterCache.Use use = adapters.use(adapter)) {
                  return work.run(this, scope, use.adapter(), () -> stopIf(cancelled));
                }
              });
      return await(result, task, cancelled);
    } finally {
      cores.release(permits);
    }
  }

  private static void stopIf(AtomicBoolean cancelled) {
    if (cancelled.get()) {
      throw new CancellationException("Task was killed");
    }
  }

  /**
   * Waits for native work whatever happens to the task's thread; a kill is passed on and seen
   * between micro-batches.
   */
  private static <T> T await(Future<T> result, TaskContext task, AtomicBoolean cancelled) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get(100, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          cancelled.compareAndSet(false, task != null && task.isInterrupted());
        } catch (InterruptedException e) {
          interrupted = true;
          cancelled.set(true);
        } catch (ExecutionException e) {
          if (e.getCause() instanceof RuntimeException cause) {
            throw cause;
          }
          throw new IllegalStateException("Native work failed", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (task != null) {
        task.killTaskIfInterrupted();
      }
    }
  }

  private static int cores() {
    SparkEnv env = SparkEnv.get();
    return env == null
        ? Runtime.getRuntime().availableProcessors()
        : ExecutorCores.here(env.conf());
  }

  @Override
  public void close() {
    ReplicaMetrics.replicaClosed();
    threads.shutdown();
    adapters.close();
    noAdapter.close();
    decoder.close();
    tokenizer.close();
  }
}
