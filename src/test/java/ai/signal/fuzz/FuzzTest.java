package ai.signal.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Whatever is in the files that users give, Signal accepts them or refuses them in one line: it
 * never crashes, hangs, runs out of memory or lets an exception of a library through.
 */
class FuzzTest {
  private static final long SEED = 7;
  private static final Path WORK = Path.of("target", "fuzz").toAbsolutePath();

  @Test
  void refusesOrAcceptsAFewMutantsOfEveryFile() throws Exception {
    run(Target::smallCount, SEED, WORK.resolve("small"));
  }

  @Test
  @Tag("full")
  void refusesOrAcceptsMutantsOfEveryFile() throws Exception {
    run(Target::count, Long.getLong("fuzz.seed", SEED + 1), WORK.resolve("full"));
  }

  /** {@code -Dfuzz.mutant=spec:8:17}: leaves the files in target/fuzz/replay. */
  @Test
  @EnabledIfSystemProperty(named = "fuzz.mutant", matches = ".+")
  void replaysAMutant() throws Exception {
    Range range = Range.parse(System.getProperty("fuzz.mutant") + ":0");
    int index = range.from();
    Path work = Files.createDirectories(WORK.resolve("replay"));
    Worker.write(
        Worker.mutant(Targets.named(range.target()), range.seed(), index), work.resolve("files"));
    check(List.of(new Range(range.target(), range.seed(), index, index + 1)), work);
  }

  private static void run(ToIntFunction<Target> count, long seed, Path work) throws Exception {
    List<Range> ranges = new ArrayList<>();
    for (Target target : Targets.ALL) {
      if (target.name().matches(System.getProperty("fuzz.targets", ".*"))) {
        ranges.add(new Range(target.name(), seed, 0, count.applyAsInt(target)));
      }
    }
    check(ranges, Files.createDirectories(work));
  }

  private static void check(List<Range> ranges, Path work)
      throws IOException, InterruptedException {
    List<Figures> figures = Campaign.run(ranges, work);
    List<String> findings = figures.stream().flatMap(f -> f.findings().stream()).toList();
    List<String> report = new ArrayList<>(figures.stream().map(Figures::toString).toList());
    report.addAll(findings);
    Files.write(work.resolve("report.txt"), report, StandardCharsets.UTF_8);
    figures.forEach(System.out::println);
    assertThat(findings)
        .as("replay one with: mvn test -Dtest=FuzzTest -Dfuzz.mutant=TARGET:SEED:NUMBER")
        .isEmpty();
    for (int i = 0; i < ranges.size(); i++) {
      assertThat(figures.get(i).count()).isEqualTo(ranges.get(i).to() - ranges.get(i).from());
    }
  }
}
