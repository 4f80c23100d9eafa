package ai.signal.data;

/**
 * Use of prompts that a model cannot complete: they leave no room in its context, or have no token.
 */
public enum LongPrompts {
  /** They are skipped and counted. */
  SKIP,
  /** The first one is an error, before anything is completed. */
  FAIL
}
