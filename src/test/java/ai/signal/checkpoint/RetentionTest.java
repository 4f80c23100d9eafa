package ai.signal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private static final String ATTEMPT = "0123456789abcdef-1";

  private static Manifest manifest(long step, Object loss) {
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    ObjectNode evaluation = facts.putObject("evaluation");
    if (loss instanceof Double number) {
      evaluation.put("loss", number);
    } else if (loss instanceof String text) {
      evaluation.put("loss", text);
    }
    return new Manifest(1, step, ATTEMPT, Fixtures.run("a"), facts, List.of());
  }

  private static Retention best(int last, Retention.Goal goal) {
    return new Retention(last, List.of(new Retention.Best("evaluation.loss", goal)), 0);
  }

  @Test
  void theBestIsByAFiniteNumberAndTheNewestOfEquals() {
    List<Manifest> all =
        List.of(
            manifest(10, 2.0),
            manifest(20, 1.0),
            manifest(30, 1.0),
            manifest(40, Double.NaN),
            manifest(50, Double.NEGATIVE_INFINITY),
            manifest(60, "0.5"),
            manifest(70, null));
    assertThat(best(1, Retention.Goal.MIN).kept(all)).containsExactly(30L, 70L);
    assertThat(best(1, Retention.Goal.MAX).kept(all)).containsExactly(10L, 70L);
    assertThat(best(2, Retention.Goal.MAX).kept(List.of(manifest(10, null)))).containsExactly(10L);
  }

  @Test
  void everyMultipleStays() {
    List<Manifest> all = new ArrayList<>();
    for (long step = 5; step <= 50; step += 5) {
      all.add(manifest(step, null));
    }
    assertThat(new Retention(1, List.of(), 20).kept(all)).containsExactly(20L, 40L, 50L);
    assertThat(Retention.last(3).kept(all)).containsExactly(40L, 45L, 50L);
  }

  /** Deleting after each save, as a writer does, never loses the best of all or the newest. */
  @Test
  void deletingOnTheWayKeepsWhatDeletingAtTheEndWould() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Retention retention =
          new Retention(
              1 + random.nextInt(3),
              List.of(
                  new Retention.Best(
                      "evaluation.loss",
                      random.nextBoolean() ? Retention.Goal.MIN : Retention.Goal.MAX)),
              random.nextInt(4));
      List<Manifest> all = new ArrayList<>();
      List<Manifest> left = new ArrayList<>();
      for (long step = 1; step <= 20; step++) {
        Manifest next = manifest(step, (double) random.nextInt(6));
        all.add(next);
        left.add(next);
        Set<Long> kept = retention.kept(left);
        left.removeIf(manifest -> !kept.contains(manifest.step()));
        assertThat(left).contains(next);
      }
      assertThat(left).extracting(Manifest::step).containsExactlyElementsOf(retention.kept(all));
    }
  }

  @Test
  void valuesAreChecked() {
    assertThatThrownBy(() -> Retention.last(0)).hasMessage("keep = 0, allowed: 1 or more");
    assertThatThrownBy(() -> new Retention(1, List.of(), -1))
        .hasMessage("keep_every = -1, allowed: 0 or more");
  }
}
