package ai.signal.job;

import ai.signal.data.DataFormat;

/**
 * Held-out examples.
 *
 * @param path a JSONL file, a directory of them, or a glob; any Hadoop file system
 * @param format how a line is read
 * @param maxLength tokens of an example, at least 2; longer ones are cut and counted
 */
record EvaluationData(String path, DataFormat format, int maxLength) {
  EvaluationData {
    Check.text("path", path);
    Check.atLeast("max_length", maxLength, 2);
  }

  EvaluationData(String path) {
    this(path, DataFormat.AUTO, 1024);
  }
}
