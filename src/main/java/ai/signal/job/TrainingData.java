package ai.signal.job;

import ai.signal.data.DataFormat;
import ai.signal.spec.Check;
import java.util.Optional;

/**
 * The examples of a train stage.
 *
 * @param path a JSONL file, a directory of them, or a glob; any Hadoop file system
 * @param format how a line is read
 * @param maxLength tokens of an example, 2 to the model's positions, longer ones are cut and
 *     counted; by default 1024, or the model's positions where they are fewer
 * @param shuffle a new order in every epoch, from the job's seed
 */
record TrainingData(String path, DataFormat format, Optional<Integer> maxLength, boolean shuffle) {
  static final int DEFAULT_LENGTH = 1024;

  TrainingData {
    Check.text("path", path);
    maxLength.ifPresent(length -> Check.atLeast("max_length", length, 2));
  }

  TrainingData(String path) {
    this(path, DataFormat.AUTO, Optional.empty(), true);
  }

  /** With a number for {@code max_length}. */
  TrainingData resolve(int positions) {
    return new TrainingData(
        path,
        format,
        Optional.of(maxLength.orElse(Math.min(TrainingData.DEFAULT_LENGTH, positions))),
        shuffle);
  }

  /** The {@code max_length} of a resolved spec. */
  int length() {
    return maxLength.orElseThrow();
  }
}
