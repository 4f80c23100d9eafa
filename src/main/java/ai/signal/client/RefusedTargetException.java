package ai.signal.client;

import ai.signal.storage.Refusal;

/** A directory or a base model that an adapter cannot be saved to or exported with. */
final class RefusedTargetException extends IllegalStateException implements Refusal {
  private static final long serialVersionUID = 1L;

  RefusedTargetException(String message) {
    super(message);
  }
}
