package ai.signal.data;

import java.io.Serializable;

/**
 * Records that cannot be used and were left out, because the job says so.
 *
 * @param records how many
 * @param first where the first of them is, by identity, and what is wrong with it; empty for none
 * @param file the name of the file in quarantine that has them all; empty for none
 */
public record LeftOut(long records, String first, String file) implements Serializable {
  static final LeftOut NONE = new LeftOut(0, "", "");
}
