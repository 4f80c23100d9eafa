package ai.signal.train;

import ai.signal.data.Example;
import ai.signal.data.LaneDataset;
import ai.signal.data.LaneFile;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** The examples of one lane in one forward_backward. */
sealed interface LaneInput extends Serializable {
  /** The examples, in order, wherever this is called. */
  List<Example> examples();

  /** Whether each example's log-probabilities go back to the driver. */
  boolean wantsLogprobs();

  /**
   * Examples that came through the API.
   *
   * @param places of each in its batch
   */
  record Given(List<Example> examples, List<Integer> places) implements LaneInput {
    @Override
    public boolean wantsLogprobs() {
      return true;
    }
  }

  /**
   * Examples of a lane file, read where the lane runs.
   *
   * @param places their places in the lane file
   */
  @SuppressWarnings("ArrayRecordComponent") // read once
  record Stored(LaneDataset dataset, int lane, int[] places) implements LaneInput {
    @Override
    public boolean wantsLogprobs() {
      return false;
    }

    @Override
    public List<Example> examples() {
      LaneFile file = dataset.lane(lane);
      List<Example> examples = new ArrayList<>(places.length);
      for (int place : places) {
        examples.add(file.example(place));
      }
      return examples;
    }
  }
}
