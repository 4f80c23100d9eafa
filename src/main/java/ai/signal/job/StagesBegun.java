package ai.signal.job;

import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.StepEntry;
import java.io.IOException;

/** How far the stages of an unfinished job have come, from what it left. */
final class StagesBegun {
  private StagesBegun() {}

  /**
   * The index of the last stage of which a result or a step is saved; -1 where nothing is. Later
   * stages may change in the spec.
   */
  static int last(OutputDirectory output) throws IOException {
    int last = StageRecords.last(output);
    try (CheckpointStore store = CheckpointStore.open(output.location(), output.conf())) {
      for (StepEntry entry : store.list()) {
        if (entry instanceof StepEntry.Committed committed) {
          last = Math.max(last, JobCheckpoints.progress(committed.manifest().facts()).stage());
        }
      }
    }
    return last;
  }
}
