package ai.signal.data;

/**
 * Work on one record. Everything that fails in it is the record's fault, so that no content of a
 * line can end a job that skips bad records; only what has nothing to do with the record is not.
 */
@FunctionalInterface
interface LineWork<R> {
  /** Does the work. */
  R run() throws RecordException;

  /**
   * Does the work of one record.
   *
   * @throws RecordException with the reason, whatever failed
   * @throws DataException when the data set or the model cannot be used at all
   */
  static <R> R of(LineWork<R> work) throws RecordException {
    try {
      return work.run();
    } catch (DataException e) {
      throw e;
    } catch (StackOverflowError e) {
      throw new RecordException("it is nested too deeply", e);
    } catch (RuntimeException e) {
      throw new RecordException(
          "it cannot be used: "
              + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
          e);
    }
  }
}
