package ai.signal.job;

import ai.signal.spec.Check;

/**
 * Prompts to complete.
 *
 * @param path JSONL with a {@code prompt} in each line; any Hadoop file system
 */
record PromptData(String path) {
  PromptData {
    Check.location("path", path);
  }
}
