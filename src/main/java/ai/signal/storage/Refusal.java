package ai.signal.storage;

/**
 * A failure that may be a mistake in what the user wrote or named: a setting, a file of data, a
 * model, a directory. Implemented by exceptions; the one thing that decides between the exit
 * statuses 2 and 1 of a job.
 */
public interface Refusal {
  /** Returns whether the user has to change something; otherwise it happened while the job ran. */
  default boolean isOfTheUser() {
    return true;
  }
}
