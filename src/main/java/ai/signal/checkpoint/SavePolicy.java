package ai.signal.checkpoint;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a writer saves.
 *
 * @param tries of one checkpoint, at least 1; the store's own client tries again within each
 * @param limit after which a save that is under way has failed
 * @param retention what is deleted after each save; empty for nothing
 */
public record SavePolicy(int tries, Duration limit, Optional<Retention> retention) {
  /** Three tries in fifteen minutes; everything is kept. */
  public static final SavePolicy DEFAULT =
      new SavePolicy(3, Duration.ofMinutes(15), Optional.empty());

  public SavePolicy {
    Objects.requireNonNull(retention, "retention");
    if (tries < 1) {
      throw new IllegalArgumentException("tries = %d, allowed: 1 or more".formatted(tries));
    }
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("limit = %s, allowed: more than 0".formatted(limit));
    }
  }

  /** The same with a retention. */
  public SavePolicy keeping(Retention kept) {
    return new SavePolicy(tries, limit, Optional.of(kept));
  }
}
