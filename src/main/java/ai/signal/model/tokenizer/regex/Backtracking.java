package ai.signal.model.tokenizer.regex;

import ai.signal.model.tokenizer.regex.Node.Atomic;
import ai.signal.model.tokenizer.regex.Node.Chars;
import ai.signal.model.tokenizer.regex.Node.Choice;
import ai.signal.model.tokenizer.regex.Node.Look;
import ai.signal.model.tokenizer.regex.Node.Repeat;
import ai.signal.model.tokenizer.regex.Node.Sequence;
import java.util.List;

/**
 * Bounds the steps of one attempt to match at one place, for a matcher that backtracks.
 *
 * <p>A matcher tries another way through a node only if what follows can fail; {@code retried} says
 * so. Then it may try every way, and the work of what follows is multiplied by their number. Two
 * observations keep the bound close for the patterns of real tokenizers: the last unbounded
 * repetition of a branch is never retried if only optional items follow, and a run of characters is
 * given back in one step each if what follows cannot begin with them.
 */
final class Backtracking {
  private Backtracking() {}

  /** The steps of one attempt. */
  static Cost work(Node node, boolean retried) {
    if (node instanceof Sequence sequence) {
      return sequenceWork(sequence.items(), retried);
    } else if (node instanceof Choice choice) {
      return choice.branches().stream()
          .map(branch -> work(branch, retried))
          .reduce(new Cost(0, 0), Cost::plus);
    } else if (node instanceof Repeat repeat) {
      return repeatWork(repeat, retried && !repeat.possessive());
    } else if (node instanceof Atomic atomic) {
      return work(atomic.body(), false);
    } else if (node instanceof Look look) {
      return work(look.body(), false);
    }
    return Cost.ONE;
  }

  /** In how many ways a node can match from one place. */
  static Cost ways(Node node, boolean retried) {
    if (!retried) {
      return Cost.ONE;
    } else if (node instanceof Sequence sequence) {
      Cost ways = Cost.ONE;
      for (int i = 0; i < sequence.items().size(); i++) {
        if (!isGivenBackAtOnce(sequence.items(), i)) {
          ways = ways.times(ways(sequence.items().get(i), true));
        }
      }
      return ways;
    } else if (node instanceof Choice choice) {
      return choiceWays(choice.branches());
    } else if (node instanceof Repeat repeat && !repeat.possessive()) {
      return repeatWays(repeat);
    }
    return Cost.ONE;
  }

  private static Cost sequenceWork(List<Node> items, boolean retried) {
    boolean[] after = retriedAfter(items, retried);
    Cost total = Cost.ONE;
    Cost ways = Cost.ONE;
    for (int i = 0; i < items.size(); i++) {
      Node item = items.get(i);
      if (after[i]) {
        total = total.max(ways.times(work(item, true)));
      } else { // once it matches, the whole sequence does, and nothing before it is tried again
        Cost failures = item.canFail() ? ways.times(failedWork(item)) : Cost.ONE;
        total = total.max(failures).plus(work(item, false));
      }
      if (!isGivenBackAtOnce(items, i)) {
        ways = ways.times(ways(item, after[i]));
      }
    }
    return total;
  }

  /** The steps of an attempt that fails. */
  private static Cost failedWork(Node node) {
    boolean run = node instanceof Repeat repeat && repeat.body() instanceof Chars;
    return run ? new Cost(0, Math.max(1, ((Repeat) node).least())) : work(node, false);
  }

  /** For each item of a sequence, whether something after it can fail. */
  static boolean[] retriedAfter(List<Node> items, boolean retried) {
    boolean[] after = new boolean[items.size()];
    boolean canFail = retried;
    for (int i = items.size() - 1; i >= 0; i--) {
      after[i] = canFail;
      canFail |= items.get(i).canFail();
    }
    return after;
  }

  private static boolean isGivenBackAtOnce(List<Node> items, int index) {
    if (!(items.get(index) instanceof Repeat repeat) || !(repeat.body() instanceof Chars chars)) {
      return false;
    }
    Node rest = new Sequence(items.subList(index + 1, items.size()));
    return !rest.isNullable() && !rest.first().intersects(chars.set()) && !looksFar(rest);
  }

  /** Whether a lookahead in it may scan the text. */
  private static boolean looksFar(Node node) {
    if (node instanceof Sequence sequence) {
      return sequence.items().stream().anyMatch(Backtracking::looksFar);
    } else if (node instanceof Choice choice) {
      return choice.branches().stream().anyMatch(Backtracking::looksFar);
    } else if (node instanceof Repeat repeat) {
      return looksFar(repeat.body());
    } else if (node instanceof Atomic atomic) {
      return looksFar(atomic.body());
    }
    return node instanceof Look look && work(look.body(), false).degree() > 0;
  }

  private static Cost choiceWays(List<Node> branches) {
    Cost sum = new Cost(0, 0);
    Cost most = Cost.ONE;
    CodePoints before = CodePoints.NONE;
    boolean exclusive = true;
    for (Node branch : branches) {
      Cost ways = ways(branch, true);
      sum = sum.plus(ways);
      most = most.max(ways);
      exclusive &= !branch.isNullable() && !branch.first().intersects(before);
      before = before.or(branch.first());
    }
    return exclusive ? most : sum;
  }

  private static Cost repeatWays(Repeat repeat) {
    Cost body = ways(repeat.body(), true);
    if (repeat.isUnbounded()) {
      boolean oneWay = body.degree() == 0 && body.factor() <= 1 && !repeat.body().isNullable();
      return oneWay ? Cost.LINEAR : Cost.UNKNOWN;
    }
    double factor = 0;
    for (int times = repeat.least(); times <= repeat.most(); times++) {
      factor += Math.pow(body.factor(), times);
    }
    return new Cost(body.degree() * repeat.most(), factor);
  }

  private static Cost repeatWork(Repeat repeat, boolean retried) {
    boolean bodyRetried = retried || (repeat.least() > 1 && repeat.body().canFail());
    Cost body = work(repeat.body(), bodyRetried);
    if (repeat.isUnbounded()) {
      return (bodyRetried ? repeatWays(repeat) : Cost.LINEAR).times(body);
    }
    Cost times = bodyRetried ? repeatWays(repeat) : Cost.ONE;
    return times.times(body).times(new Cost(0, Math.max(1, repeat.most())));
  }
}
