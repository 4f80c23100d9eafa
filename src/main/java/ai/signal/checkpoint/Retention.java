package ai.signal.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which checkpoints stay: those that any of its rules keeps.
 *
 * @param last how many of the newest, at least 1
 * @param best the best by each of these metrics, the newest of equals
 * @param every each step that is a multiple of this; 0 for none
 */
public record Retention(int last, List<Best> best, long every) {
  public Retention {
    best = List.copyOf(best);
    if (last < 1) {
      throw new IllegalArgumentException("keep = %d, allowed: 1 or more".formatted(last));
    }
    if (every < 0) {
      throw new IllegalArgumentException("keep_every = %d, allowed: 0 or more".formatted(every));
    }
  }

  /** Which value is better. */
  public enum Goal {
    MIN,
    MAX
  }

  /**
   * A metric of the facts.
   *
   * @param metric a key, or keys with dots between them: {@code evaluation.loss}; where it is not a
   *     finite number, the checkpoint is never the best
   * @param goal which value is better
   */
  public record Best(String metric, Goal goal) {
    public Best {
      Objects.requireNonNull(metric, "metric");
      Objects.requireNonNull(goal, "goal");
    }

    Optional<Double> value(Manifest manifest) {
      JsonNode node = manifest.facts();
      for (String key : metric.split("\\.", -1)) {
        node = node.path(key);
      }
      return node.isNumber() && Double.isFinite(node.doubleValue())
          ? Optional.of(node.doubleValue())
          : Optional.empty();
    }
  }

  /** The newest ones only. */
  public static Retention last(int last) {
    return new Retention(last, List.of(), 0);
  }

  /** Steps that stay. */
  Set<Long> kept(Collection<Manifest> manifests) {
    List<Manifest> newestFirst =
        manifests.stream().sorted(Comparator.comparingLong(Manifest::step).reversed()).toList();
    Set<Long> kept = new TreeSet<>();
    newestFirst.stream().limit(last).forEach(manifest -> kept.add(manifest.step()));
    newestFirst.stream()
        .filter(manifest -> every > 0 && manifest.step() % every == 0)
        .forEach(manifest -> kept.add(manifest.step()));
    best.forEach(rule -> best(newestFirst, rule).ifPresent(kept::add));
    return kept;
  }

  private static Optional<Long> best(List<Manifest> newestFirst, Best rule) {
    double sign = rule.goal() == Goal.MIN ? 1 : -1;
    return newestFirst.stream()
        .filter(manifest -> rule.value(manifest).isPresent())
        .min(Comparator.comparingDouble(manifest -> sign * rule.value(manifest).orElseThrow()))
        .map(Manifest::step);
  }
}
