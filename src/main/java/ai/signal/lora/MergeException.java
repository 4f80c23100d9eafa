package ai.signal.lora;

import ai.signal.storage.Refusal;

/** An adapter that cannot be merged into its base model; trying again would not help. */
public final class MergeException extends RuntimeException implements Refusal {
  private static final long serialVersionUID = 1L;

  MergeException(String problem) {
    super("Cannot merge adapter: " + problem);
  }
}
