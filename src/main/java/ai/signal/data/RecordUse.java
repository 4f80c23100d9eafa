package ai.signal.data;

import java.util.List;

/** The use that a data set's records are read for. */
enum RecordUse {
  /** Examples are made of them; other columns are not read. */
  TRAINING(false),
  /** Examples and prompts are made of them. */
  EVALUATION(true),
  /** Prompts are made of them, which need no completion. */
  SAMPLING(true);

  private final boolean carriesColumns;

  RecordUse(boolean carriesColumns) {
    this.carriesColumns = carriesColumns;
  }

  /** Whether columns that the format does not have are read too, for the output rows. */
  boolean carriesColumns() {
    return carriesColumns;
  }

  /**
   * The format of rows.
   *
   * @throws DataException if the columns fit none
   */
  DataFormat format(DataSpec spec, List<String> columns) {
    return this == SAMPLING ? PromptFields.format(spec, columns) : RowFormat.of(spec, columns);
  }
}
