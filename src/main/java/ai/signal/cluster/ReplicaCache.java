package ai.signal.cluster;

import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The base models of a JVM. One that no lane uses stays loaded until another needs its memory: then
 * the one that was used longest ago goes first.
 */
final class ReplicaCache {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaCache.class);

  private final BiFunction<ReplicaSpec, ModelDirectory, Replica> loader;
  private final LongSupplier freeMemory;
  private final Map<ReplicaSpec, Entry> entries = new HashMap<>();
  private long clock;

  /**
   * @param loader loads a model
   * @param freeMemory bytes that this JVM may still take
   */
  ReplicaCache(BiFunction<ReplicaSpec, ModelDirectory, Replica> loader, LongSupplier freeMemory) {
    this.loader = loader;
    this.freeMemory = freeMemory;
  }

  private static final class Entry {
    final Replica replica;
    int users;
    long lastUse;
    boolean evicted;

    Entry(Replica replica) {
      this.replica = replica;
    }
  }

  /** Keeps a replica loaded. */
  final class Use implements AutoCloseable {
    private final Entry entry;

    private Use(Entry entry) {
      this.entry = entry;
    }

    Replica replica() {
      return entry.replica;
    }

    @Override
    public void close() {
      synchronized (ReplicaCache.this) {
        entry.users--;
        closeIfDone(entry);
      }
    }
  }

  /** A model's replica, loaded where it is not; whoever asks meanwhile waits. */
  synchronized Use use(ReplicaSpec spec) {
    Entry entry = entries.get(spec);
    if (entry == null) {
      entry = new Entry(load(spec));
      entries.put(spec, entry);
    }
    entry.users++;
    entry.lastUse = ++clock;
    return new Use(entry);
  }

  private Replica load(ReplicaSpec spec) {
    ModelDirectory model = ModelDirectory.open(ModelSource.resolve(spec.base()));
    long needed = model.config().parameters() * spec.dtype().bytes();
    while (freeMemory.getAsLong() < needed) {
      Optional<Map.Entry<ReplicaSpec, Entry>> idle =
          entries.entrySet().stream()
              .filter(entry -> entry.getValue().users == 0)
              .min(Comparator.comparingLong(entry -> entry.getValue().lastUse));
      if (idle.isEmpty()) {
        break; // mapped weights may fit all the same: the pages are the system's to drop
      }
      LOG.info("Freeing model {}, whose memory {} needs", idle.get().getKey().base(), spec.base());
      evict(idle.get().getKey());
    }
    return loader.apply(spec, model);
  }

  synchronized void evictAll() {
    for (ReplicaSpec spec : entries.keySet().toArray(ReplicaSpec[]::new)) {
      evict(spec);
    }
  }

  private void evict(ReplicaSpec spec) {
    Entry entry = entries.remove(spec);
    entry.evicted = true;
    closeIfDone(entry);
  }

  private static void closeIfDone(Entry entry) {
    if (entry.evicted && entry.users == 0) {
      entry.replica.close();
    }
  }
}
