package ai.signal.train;

import ai.signal.data.Example;
import ai.signal.data.LaneDataset;
import java.util.List;

/** Shows tests of other rooms how a lane is cut. */
public final class MicroBatchSizes {
  private MicroBatchSizes() {}

  /** Tokens in the last micro-batch of a lane's share of a step. */
  public static int tail(LaneDataset data, int lane, int[] places, int budget) {
    List<Example> examples = new LaneInput.Stored(data, lane, places).examples();
    return tail(examples, budget);
  }

  /** The same of each lane of a batch given through the API. */
  public static List<Integer> tails(List<Example> batch, int lanes, int budget) {
    return LaneSplit.balanced(batch, lanes).stream()
        .map(lane -> tail(lane.examples(), budget))
        .toList();
  }

  private static int tail(List<Example> examples, int budget) {
    List<MicroBatch> cut = MicroBatch.cut(examples, new CrossEntropy(), budget);
    return cut.get(cut.size() - 1).packing().tokens().length;
  }
}
