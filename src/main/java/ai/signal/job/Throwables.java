package ai.signal.job;

import java.util.ArrayList;
import java.util.List;

/** The causes of a failure. */
final class Throwables {
  private static final int MOST = 50; // causes may form a circle

  private Throwables() {}

  /** A failure and its causes, the first of all last. */
  static List<Throwable> chain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable e = failure; e != null && chain.size() < MOST; e = e.getCause()) {
      chain.add(e);
    }
    return chain;
  }

  /** The first of all causes. */
  static Throwable root(Throwable failure) {
    List<Throwable> chain = chain(failure);
    return chain.get(chain.size() - 1);
  }
}
