package ai.signal.data;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/** How the records of a text file are read one after the other. */
@FunctionalInterface
interface StreamOpener extends Serializable {
  /**
   * From the first record.
   *
   * @param file the number that records carry
   */
  RecordStream open(int file, String location, Configuration conf) throws IOException;
}
