package ai.signal.job;

/**
 * Held-out examples.
 *
 * @param path a JSONL file, a directory of them, or a glob; any Hadoop file system
 * @param format how a line is read
 * @param maxLength tokens of an example, at least 2; longer ones are cut and counted
 */
record EvaluationData(String path, Format format, int maxLength) {
  EvaluationData {
    Check.text("path", path);
    Check.atLeast("max_length", maxLength, 2);
  }

  EvaluationData(String path) {
    this(path, Format.AUTO, 1024);
  }
}
