package ai.signal.job;

import ai.signal.data.DataFormat;
import ai.signal.data.DataSpec;
import ai.signal.spec.DataKeys;
import java.util.Optional;
import java.util.Set;

/** The data set of a stage. */
interface StageData extends DataKeys {
  Optional<String> path();

  /** For people. */
  default String shown() {
    return path().map(Locations::shown).orElseGet(() -> "table " + table().orElseThrow());
  }

  /**
   * What is to be read.
   *
   * @param records the format that the stage makes of {@link #format}
   * @param inputs what its loss reads of each record
   */
  default DataSpec spec(DataFormat records, Set<String> inputs) {
    return spec(path().map(Locations::uri).stream().toList(), records, length(), inputs);
  }
}
