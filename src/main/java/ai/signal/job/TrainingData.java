package ai.signal.job;

import ai.signal.data.BadRecords;
import ai.signal.data.DataFormat;
import ai.signal.data.DataSpec;
import ai.signal.spec.Check;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The examples of a train stage.
 *
 * @param path a JSONL file, a directory of them, or a glob; any Hadoop file system
 * @param format how a line is read
 * @param maxLength tokens of an example, 2 to the model's positions, longer ones are cut and
 *     counted; by default 1024, or the model's positions where they are fewer
 * @param shuffle a new order in every epoch, from the job's seed
 * @param onBadRecord what becomes of lines that are no record
 */
record TrainingData(
    String path,
    DataFormat format,
    Optional<Integer> maxLength,
    boolean shuffle,
    BadRecords onBadRecord) {
  static final int DEFAULT_LENGTH = 1024;

  TrainingData {
    Check.text("path", path);
    maxLength.ifPresent(length -> Check.atLeast("max_length", length, 2));
  }

  TrainingData(String path) {
    this(path, DataFormat.AUTO, Optional.empty(), true, BadRecords.FAIL);
  }

  /** With a number for {@code max_length}. */
  TrainingData resolve(int positions) {
    return new TrainingData(
        path,
        format,
        Optional.of(maxLength.orElse(Math.min(TrainingData.DEFAULT_LENGTH, positions))),
        shuffle,
        onBadRecord);
  }

  /** The {@code max_length} of a resolved spec. */
  int length() {
    return maxLength.orElseThrow();
  }

  /**
   * What is to be read.
   *
   * @param records the format that the stage makes of {@link #format}
   * @param inputs what its loss reads of each record
   */
  DataSpec spec(DataFormat records, Set<String> inputs) {
    return new DataSpec(List.of(Locations.uri(path)), records, length())
        .on(onBadRecord)
        .needing(inputs);
  }
}
