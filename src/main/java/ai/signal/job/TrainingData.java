package ai.signal.job;

import ai.signal.data.DataFormat;

/**
 * The examples of a train stage.
 *
 * @param path a JSONL file, a directory of them, or a glob; any Hadoop file system
 * @param format how a line is read
 * @param maxLength tokens of an example, at least 2; longer ones are cut and counted
 * @param shuffle a new order in every epoch, from the job's seed
 */
record TrainingData(String path, DataFormat format, int maxLength, boolean shuffle) {
  TrainingData {
    Check.text("path", path);
    Check.atLeast("max_length", maxLength, 2);
  }

  TrainingData(String path) {
    this(path, DataFormat.AUTO, 1024, true);
  }
}
