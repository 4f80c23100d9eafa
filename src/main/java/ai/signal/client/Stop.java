package ai.signal.client;

/** Whether a row of operations goes on. Thread-safe. */
final class Stop {
  private SignalException why;
  private boolean over;

  /**
   * Ends it early, unless it has ended.
   *
   * @return whether this ended it
   */
  synchronized boolean because(SignalException reason) {
    if (over || why != null) {
      return false;
    }
    why = reason;
    return true;
  }

  /** Why it ended early; null: it did not. */
  synchronized SignalException why() {
    return why;
  }

  /** It has come to its end, and cannot be stopped any more. */
  synchronized void over() {
    check();
    over = true;
  }

  /**
   * Nothing, while it goes on.
   *
   * @throws SignalException why it does not
   */
  synchronized void check() {
    if (why != null) {
      throw why;
    }
  }
}
