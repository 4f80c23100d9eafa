package ai.signal.client;

import java.util.List;

/**
 * What save_state wrote.
 *
 * @param path the directory, fully qualified
 * @param files their names in it
 * @param bytes all of them together
 */
public record SavedState(SaveMode mode, String path, List<String> files, long bytes) {}
