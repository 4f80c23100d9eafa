package ai.signal.job;

/** The driver was asked to stop while a job was running. */
final class JobStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  JobStoppedException() {
    super("The job was stopped by a signal");
  }
}
