package ai.signal.data;

/** Use of records that have more tokens than a data set's maximal length. */
public enum LongExamples {
  /** They are cut and counted. */
  TRUNCATE,
  /** They are skipped and counted. */
  SKIP,
  /** The first one ends the preparation. */
  FAIL
}
