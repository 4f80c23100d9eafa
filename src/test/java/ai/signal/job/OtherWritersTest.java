package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.signal.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherWritersTest {
  @TempDir Path directory;

  /** A job that replaces what is in an output, as --overwrite does. */
  static final class Overwriting {
    private Overwriting() {}

    public static void main(String[] args) throws IOException {
      try (OutputDirectory output = OutputDirectory.open(args[0], new Configuration())) {
        output.clear();
      }
    }
  }

  private OutputDirectory open() throws IOException {
    return OutputDirectory.open(directory.toString(), new Configuration());
  }

  private void overwriteInAnotherProcess() throws IOException {
    ChildJvm.run(Overwriting.class, directory.toString());
  }

  @Test
  void aJobWhoseFilesAnotherOneDeletesNamesThatOne() throws IOException {
    try (OutputDirectory output = open()) {
      output.announce();
      OtherWriters others = OtherWriters.since(output);
      Throwable failure =
          catchThrowable(
              () -> output.write(OutputDirectory.METRICS, out -> overwriteInAnotherProcess()));
      assertThat(failure).isInstanceOf(IOException.class);
      OutputTakenException taken = others.causeOf(failure).orElseThrow();
      assertThat(taken)
          .hasMessageMatching(
              "Cannot write output: another job is writing to \\S+ \\(job · \\d+@.*\\);"
                  + " stop one of the two, or choose another output");
      assertThat(Failures.isOfTheUser(taken)).isFalse();
      assertThat(others.causeOf(new IllegalStateException("no file"))).isEmpty();
    }
  }

  @Test
  void earlierJobsAreNotTheCause() throws IOException {
    try (OutputDirectory output = open()) {
      output.announce();
      overwriteInAnotherProcess();
      OtherWriters others = OtherWriters.since(output);
      output.write(OutputDirectory.METRICS, "{}");
      assertThat(others.causeOf(new IOException("the disk is full"))).isEmpty();
    }
  }
}
