package ai.signal.job;

/**
 * Prompts to complete.
 *
 * @param path JSONL with a {@code prompt} in each line; any Hadoop file system
 */
record PromptData(String path) {
  PromptData {
    Check.text("path", path);
  }
}
