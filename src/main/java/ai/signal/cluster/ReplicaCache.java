package ai.signal.cluster;

import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The base models of a JVM. One that no lane uses stays loaded until another needs its memory: then
 * the one that was used longest ago goes first.
 */
final class ReplicaCache {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaCache.class);

  private final BiFunction<PlacedModel, ModelDirectory, Replica> loader;
  private final LongSupplier freeMemory;
  private final Map<PlacedModel, Entry> entries = new HashMap<>();
  private long clock;

  /**
   * @param loader loads a model
   * @param freeMemory bytes that this JVM may still take
   */
  ReplicaCache(BiFunction<PlacedModel, ModelDirectory, Replica> loader, LongSupplier freeMemory) {
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
  synchronized Use use(PlacedModel model) {
    Entry entry = entries.get(model);
    if (entry == null) {
      entry = new Entry(load(model));
      entries.put(model, entry);
    }
    entry.users++;
    entry.lastUse = ++clock;
    return new Use(entry);
  }

  private Replica load(PlacedModel model) {
    ModelDirectory files = ModelDirectory.open(ModelSource.resolve(model.spec().base()));
    if (model.onGpu()) {
      // A GPU's memory is planned for one model and its micro-batches.
      idle()
          .map(Map.Entry::getKey)
          .filter(model::sharesGpuWith)
          .toList()
          .forEach(idle -> evict(idle, model));
    } else {
      makeRoom(model, files.config().parameters() * model.spec().dtype().bytes());
    }
    return loader.apply(model, files);
  }

  private void makeRoom(PlacedModel model, long needed) {
    while (freeMemory.getAsLong() < needed) {
      Optional<PlacedModel> oldest =
          idle()
              .min(Comparator.comparingLong(entry -> entry.getValue().lastUse))
              .map(Map.Entry::getKey);
      if (oldest.isEmpty()) {
        return; // mapped weights may fit all the same: the pages are the system's to drop
      }
      evict(oldest.get(), model);
    }
  }

  private Stream<Map.Entry<PlacedModel, Entry>> idle() {
    return entries.entrySet().stream().filter(entry -> entry.getValue().users == 0);
  }

  private void evict(PlacedModel idle, PlacedModel next) {
    LOG.info("Freeing model {}, whose memory {} needs", idle.spec().base(), next.spec().base());
    evict(idle);
  }

  synchronized void evictAll() {
    List.copyOf(entries.keySet()).forEach(this::evict);
  }

  private void evict(PlacedModel model) {
    Entry entry = entries.remove(model);
    entry.evicted = true;
    closeIfDone(entry);
  }

  private static void closeIfDone(Entry entry) {
    if (entry.evicted && entry.users == 0) {
      entry.replica.close();
    }
  }
}
