package ai.signal.checkpoint;

import java.util.List;

/**
 * What became of attempts that no manifest names.
 *
 * @param deleted directories, as {@code step-00000050/ATTEMPT}
 * @param spared those that may be under way
 */
public record SweepReport(List<String> deleted, List<String> spared) {
  public SweepReport {
    deleted = List.copyOf(deleted);
    spared = List.copyOf(spared);
  }
}
