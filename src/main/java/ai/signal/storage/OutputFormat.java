package ai.signal.storage;

/** Version of the layout of outputs, which every record of what was written carries. */
public final class OutputFormat {
  /** The version of outputs in which nothing records what was written. */
  public static final int WITHOUT_RECORDS = 1;

  /** The version that this release reads and writes. */
  public static final int VERSION = 2;

  private OutputFormat() {}
}
