package ai.signal.job;

/** Another process writes to the output of a job. */
final class OutputTakenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param output its location
   * @param writer the other process, as its records name it
   */
  OutputTakenException(String output, String writer, Throwable cause) {
    super(
        "Cannot write output: another job is writing to %s (%s); stop one of the two, or choose another output"
            .formatted(Locations.shown(output), writer),
        cause);
  }
}
