package ai.signal.job;

import ai.signal.data.BadRecords;
import ai.signal.data.DataFormat;
import ai.signal.data.DataSpec;
import ai.signal.spec.Check;
import java.util.List;
import java.util.Optional;

/**
 * Held-out examples.
 *
 * @param path a JSONL file, a directory of them, or a glob; any Hadoop file system
 * @param format how a line is read
 * @param maxLength tokens of an example, 2 to the model's positions, longer ones are cut and
 *     counted; by default 1024, or the model's positions where they are fewer
 * @param onBadRecord what becomes of lines that are no record
 */
record EvaluationData(
    String path, DataFormat format, Optional<Integer> maxLength, BadRecords onBadRecord) {
  EvaluationData {
    Check.text("path", path);
    maxLength.ifPresent(length -> Check.atLeast("max_length", length, 2));
  }

  EvaluationData(String path) {
    this(path, DataFormat.AUTO, Optional.empty(), BadRecords.FAIL);
  }

  /** With a number for {@code max_length}. */
  EvaluationData resolve(int positions) {
    return new EvaluationData(
        path,
        format,
        Optional.of(maxLength.orElse(Math.min(TrainingData.DEFAULT_LENGTH, positions))),
        onBadRecord);
  }

  /** The {@code max_length} of a resolved spec. */
  int length() {
    return maxLength.orElseThrow();
  }

  /** What is to be read. */
  DataSpec spec() {
    return new DataSpec(List.of(Locations.uri(path)), format, length()).on(onBadRecord);
  }
}
