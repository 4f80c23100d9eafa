package ai.signal.cluster;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;

/**
 * The work of a lane, inside a Spark task.
 *
 * @param cut of the vector that the lane sends
 * @param transport of its values
 */
record LaneTask<I extends Serializable, O extends Serializable>(
    Lanes.Work<I, O> work, Cut cut, Transport transport) implements Serializable {

  /** A lane's number and input, as the driver sends them. */
  record Lane<I extends Serializable>(int number, I input) implements Serializable {}

  /**
   * What came out.
   *
   * @param outcome a {@link LaneOutcome}
   * @param blocks of the vector; none where the lane refused or sends none
   */
  @SuppressWarnings("ArrayRecordComponent") // opaque, and sent as they are
  record Output(int lane, byte[] outcome, List<byte[]> blocks) {
    List<byte[]> all() {
      List<byte[]> all = new ArrayList<>(blocks.size() + 1);
      all.add(outcome);
      all.addAll(blocks);
      return all;
    }
  }

  Output run(byte[] input) {
    @SuppressWarnings("unchecked") // what the driver sent
    Lane<I> lane = (Lane<I>) JavaBytes.read(input);
    LaneOutbox outbox = new LaneOutbox(cut, transport);
    LaneOutcome outcome;
    try {
      outcome = new LaneOutcome.Done(work.call(lane.number(), lane.input(), outbox));
    } catch (LaneRefusal e) {
      outcome = new LaneOutcome.Refused(e.getMessage());
      outbox = new LaneOutbox(cut, transport);
    } catch (RuntimeException e) {
      throw killed(e) ? e : new LaneFailure(lane.number(), e);
    }
    return new Output(lane.number(), JavaBytes.of(outcome), outbox.blocks());
  }

  private static boolean killed(RuntimeException e) {
    return e instanceof TaskKilledException
        || e instanceof CancellationException
        || TaskContext.get().isInterrupted();
  }
}
