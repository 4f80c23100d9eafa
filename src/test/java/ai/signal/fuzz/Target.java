package ai.signal.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;

/** One kind of file that users give: how it is mutated, and the way it takes through Signal. */
interface Target {
  /** In lower case, as in reports and on the command line. */
  String name();

  /** Mutants in the full form. */
  int count();

  /** Mutants in the form that runs with every build. */
  int smallCount();

  /**
   * The files of one mutant by their relative names; the same for the same random numbers.
   *
   * @throws IOException when the seeds cannot be read
   */
  Map<String, byte[]> mutant(SplittableRandom random) throws IOException;

  /**
   * Reads the files as a job would.
   *
   * @throws Exception of Signal's own when they are refused; any other is a finding
   */
  void use(Path directory) throws Exception;
}
