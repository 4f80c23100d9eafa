package ai.signal.chat;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.ChildJvm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Templates of strangers, in a JVM with a small heap: each ends soon, and only as it should. */
class HostileTemplatesTest {
  private static final String EXCEPTION = ChatTemplateException.class.getName();
  private static final int MOST_MILLIS = 5_000;

  /**
   * The default limit of memory and a part of that of steps: what is counted in steps takes time in
   * proportion.
   */
  private static final String STEPS_DIVISOR = "20";

  /** What a child said of one template. */
  private record Outcome(String template, long millis, String thrown, String message) {}

  @TestFactory
  List<DynamicTest> whatTakesTooMuchFailsAtALimit() throws IOException {
    return tests(
        "hostile-templates.txt",
        outcome -> {
          assertThat(outcome.thrown()).isEqualTo(EXCEPTION);
          assertThat(outcome.message())
              .matches("Cannot (read|render) chat template: .*(more than|at most) \\d.*");
          assertThat(outcome.millis()).isLessThan(MOST_MILLIS);
        });
  }

  @TestFactory
  List<DynamicTest> onlyOwnExceptionsComeOut() throws IOException {
    return tests(
        "odd-templates.txt",
        outcome -> {
          assertThat(outcome.thrown()).isIn("none", EXCEPTION);
          assertThat(outcome.message())
              .matches(
                  "|Cannot (read|render) chat template: .+ \\(line \\d+, column \\d+\\)(; .+)?");
          assertThat(outcome.message()).doesNotContain("the interpreter failed");
        });
  }

  private static List<DynamicTest> tests(String table, Consumer<Outcome> check) throws IOException {
    List<String> templates = RenderHostile.templates(table);
    List<String> lines =
        ChildJvm.run(
                Map.of(),
                List.of("-Xmx96m", "-XX:+UseSerialGC"),
                RenderHostile.class,
                table,
                STEPS_DIVISOR)
            .lines()
            .toList();
    assertThat(lines).hasSameSizeAs(templates).hasSizeGreaterThan(60);
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String[] columns = lines.get(i).split("\t", 3);
      Outcome outcome =
          new Outcome(templates.get(i), Long.parseLong(columns[0]), columns[1], columns[2]);
      tests.add(DynamicTest.dynamicTest(outcome.template(), () -> check.accept(outcome)));
    }
    return tests;
  }
}
