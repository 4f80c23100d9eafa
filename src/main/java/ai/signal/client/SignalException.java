package ai.signal.client;

import java.time.Duration;

/**
 * An operation that gave no result. The cause, where there is one, is what went wrong; the message
 * is the cause's own.
 */
public abstract sealed class SignalException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String operation;
  private final long sequence;

  private SignalException(Ticket ticket, String message, Throwable cause) {
    super(message, cause);
    this.operation = ticket.operation();
    this.sequence = ticket.sequence();
  }

  /** What was asked for: {@code forward_backward}, {@code optim_step}, ... */
  public String operation() {
    return operation;
  }

  /** Its number among the operations of its run, or of its client, from 1; 0 where it got none. */
  public long sequence() {
    return sequence;
  }

  /** It was not accepted, since it cannot be understood. */
  public static final class Refused extends SignalException {
    private static final long serialVersionUID = 1L;

    Refused(String operation, String why, Throwable cause) {
      super(new Ticket(operation, 0), "Cannot submit %s: %s".formatted(operation, why), cause);
    }
  }

  /** It was tried and failed. */
  public static final class Failed extends SignalException {
    private static final long serialVersionUID = 1L;

    Failed(Ticket ticket, Throwable cause) {
      super(ticket, cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
    }
  }

  /** It was not tried, since an operation that it builds on had failed. */
  public static final class Skipped extends SignalException {
    private static final long serialVersionUID = 1L;

    Skipped(Ticket ticket, SignalException before) {
      super(
          ticket,
          "Cannot apply %s: %s %d before it failed, and its gradient is dropped: %s"
              .formatted(
                  ticket.operation(), before.operation(), before.sequence(), before.getMessage()),
          before);
    }
  }

  /** It was cancelled before it began. */
  public static final class Cancelled extends SignalException {
    private static final long serialVersionUID = 1L;

    Cancelled(Ticket ticket, String why) {
      super(ticket, "%s %d %s".formatted(ticket.operation(), ticket.sequence(), why), null);
    }
  }

  /** It is not done yet; it goes on. */
  public static final class TimedOut extends SignalException {
    private static final long serialVersionUID = 1L;

    TimedOut(Ticket ticket, Duration patience) {
      super(
          ticket,
          "%s %d is not done after %s; it goes on"
              .formatted(ticket.operation(), ticket.sequence(), patience),
          null);
    }
  }
}
