package ai.signal.data;

/** What becomes of the records of a data set that cannot be used. */
public enum BadRecords {
  /** The first one ends the preparation. */
  FAIL,
  /** They are left out and counted. */
  SKIP,
  /** As {@link #SKIP}, and kept under {@code <output>/quarantine/}, each with the reason. */
  QUARANTINE
}
