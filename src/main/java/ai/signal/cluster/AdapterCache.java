package ai.signal.cluster;

import ai.signal.model.Decoder;
import ai.signal.model.NativeAdapter;
import java.util.LinkedHashMap;

/**
 * Adapters in a replica's native memory: the newest version of the runs that computed last, and
 * others while a lane still computes with them.
 */
final class AdapterCache implements AutoCloseable {
  /** Runs whose adapters stay although no lane uses them; a run that is over is not announced. */
  private static final int IDLE_RUNS = 8;

  private final Decoder decoder;
  private final LinkedHashMap<String, Entry> newest = new LinkedHashMap<>();

  AdapterCache(Decoder decoder) {
    this.decoder = decoder;
  }

  private static final class Entry {
    final long version;
    final NativeAdapter adapter;
    int users;
    boolean retired;

    Entry(long version, NativeAdapter adapter) {
      this.version = version;
      this.adapter = adapter;
    }
  }

  /** Holds an adapter for as long as a lane computes with it. */
  final class Use implements AutoCloseable {
    private final Entry entry;

    private Use(Entry entry) {
      this.entry = entry;
    }

    NativeAdapter adapter() {
      return entry.adapter;
    }

    @Override
    public void close() {
      synchronized (AdapterCache.this) {
        entry.users--;
        closeIfDone(entry);
      }
    }
  }

  synchronized Use use(AdapterRef ref) {
    Entry entry = newest.get(ref.run());
    if (entry == null || entry.version != ref.version()) {
      Entry made = new Entry(ref.version(), decoder.adapter(ref.size(), ref::copyTo, ref.shape()));
      if (entry == null || entry.version < made.version) {
        if (entry != null) {
          retire(ref.run());
        }
        newest.put(ref.run(), made);
      } else {
        made.retired = true; // an older version asked for late, by a retried task: not kept
      }
      entry = made;
    }
    entry.users++;
    if (!entry.retired) {
      newest.remove(ref.run());
      newest.put(ref.run(), entry); // last in the order of use
      retireOldest();
    }
    return new Use(entry);
  }

  private void retireOldest() {
    if (newest.size() > IDLE_RUNS) {
      retire(newest.keySet().iterator().next());
    }
  }

  private void retire(String run) {
    Entry entry = newest.remove(run);
    entry.retired = true;
    closeIfDone(entry);
  }

  /** When no lane computes any more. */
  @Override
  public synchronized void close() {
    for (String run : newest.keySet().toArray(String[]::new)) {
      retire(run);
    }
  }

  private static void closeIfDone(Entry entry) {
    if (entry.retired && entry.users == 0) {
      entry.adapter.close();
    }
  }
}
