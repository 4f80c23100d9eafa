package ai.signal.train;

import ai.signal.cluster.LaneRefusal;
import java.util.List;

/** What went wrong in a micro-batch, with the names of its examples. */
final class BatchFailure {
  /** What libtorch says on CPUs and GPUs when native memory is used up. */
  private static final List<String> OUT_OF_MEMORY =
      List.of("not enough memory", "out of memory", "can't allocate memory");

  private BatchFailure() {}

  /** A refusal, where another attempt would fail as well. */
  static RuntimeException of(MicroBatch batch, RuntimeException failure) {
    if (failure instanceof LaneRefusal) {
      return failure;
    }
    String message = rootMessage(failure);
    if (OUT_OF_MEMORY.stream().anyMatch(message::contains)) {
      return new LaneRefusal(
          "%s: no native memory for a micro-batch of %d tokens (lower tokens_per_microbatch, or set activation_checkpointing: true): %s"
              .formatted(batch.names(), batch.packing().tokens().length, message));
    }
    return new IllegalStateException(batch.names() + ": " + message, failure);
  }

  /** One line; libtorch's own is the last of a trace through the program. */
  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage() == null ? "" : root.getMessage();
    String line =
        message
            .lines()
            .filter(text -> text.startsWith("RuntimeError:"))
            .findFirst()
            .orElse(message.lines().findFirst().orElse(""));
    return line.isBlank() ? root.getClass().getName() : line;
  }
}
