package ai.signal.job;

import ai.signal.client.MergeOptions;
import ai.signal.spec.ByteSize;
import ai.signal.spec.Names;
import ai.signal.spec.SavedDtype;
import java.util.Optional;

/**
 * Publishes what was trained.
 *
 * @param mode adapter: PEFT's layout under {@code <output>/adapter}; merged: base and adapter as
 *     one model in Hugging Face layout under {@code <output>/merged}; state: the checkpoint of the
 *     last step under {@code <output>/checkpoints}
 * @param dtype of merged: what the weights are written in
 * @param maxShardSize of merged: of the weights in one file
 */
record SaveStage(Mode mode, Optional<SavedDtype> dtype, Optional<ByteSize> maxShardSize)
    implements StageSpec {
  enum Mode {
    ADAPTER,
    MERGED,
    STATE
  }

  SaveStage {
    MergeOptions.only(mode == Mode.MERGED, dtype, maxShardSize);
    if (mode == Mode.MERGED) {
      dtype = dtype.or(() -> Optional.of(SavedDtype.AUTO));
      maxShardSize = maxShardSize.or(() -> Optional.of(MergeOptions.DEFAULT.maxShardSize()));
    }
  }

  SaveStage() {
    this(Mode.ADAPTER, Optional.empty(), Optional.empty());
  }

  /** Name in the output of the directory that it publishes. */
  String directory() {
    return Names.of(mode);
  }

  MergeOptions options() {
    return MergeOptions.of(dtype, maxShardSize);
  }
}
