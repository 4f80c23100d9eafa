package ai.signal.client;

import ai.signal.storage.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Publishes an adapter's files in their order; the last one marks them as complete. */
final class AdapterFiles {
  private AdapterFiles() {}

  /**
   * Writes the files.
   *
   * @param content by name
   * @throws IllegalStateException where the directory holds anything else
   */
  static SavedState write(SaveTarget.Opening opening, Map<String, Content> content) {
    try (SaveTarget target = opening.open()) {
      try {
        long bytes = target.write(content);
        return target.complete(SaveMode.ADAPTER, List.copyOf(content.keySet()), bytes);
      } catch (IOException e) {
        target.abandon(e);
        throw target.failed(SaveMode.ADAPTER, e);
      } catch (RuntimeException | Error e) {
        target.abandon(e);
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot save adapter: " + e.getMessage(), e);
    }
  }
}
