package ai.signal.cluster;

import ai.signal.model.Decoder;
import ai.signal.model.NativeAdapter;
import java.util.HashMap;
import java.util.Map;

/**
 * Adapters in a replica's native memory: the newest version of each run, and older ones while a
 * lane still computes with them.
 */
final class AdapterCache {
  private final Decoder decoder;
  private final Map<String, Entry> newest = new HashMap<>();

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
      Entry made =
          new Entry(
              ref.version(), decoder.adapter(ref.size(), ref::copyTo, ref.ranks(), ref.scaling()));
      if (entry == null || entry.version < made.version) {
        newest.put(ref.run(), made);
        if (entry != null) {
          entry.retired = true;
          closeIfDone(entry);
        }
      } else {
        made.retired = true; // an older version asked for late, by a retried task: not kept
      }
      entry = made;
    }
    entry.users++;
    return new Use(entry);
  }

  private static void closeIfDone(Entry entry) {
    if (entry.retired && entry.users == 0) {
      entry.adapter.close();
    }
  }
}
