package ai.signal.train;

/** The model that a loss compares the trained one with. */
public enum Reference {
  /** The adapter as the training began with it; the base model where it was untrained. */
  START,
  /** The base model alone. */
  BASE
}
