package ai.signal.train;

import ai.signal.data.Example;
import ai.signal.data.LaneDataset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Divides a batch over lanes: a function of the batch and the number of lanes alone. */
final class LaneSplit {
  private LaneSplit() {}

  /**
   * Longest first, each to the lane with the fewest tokens; within a lane the given order. Lanes
   * may stay empty.
   */
  static List<LaneInput> balanced(List<Example> batch, int lanes) {
    long[] tokens = new long[lanes];
    int[] laneOf = new int[batch.size()];
    IntStream.range(0, batch.size())
        .boxed()
        .sorted(Comparator.comparingInt((Integer i) -> batch.get(i).length()).reversed())
        .forEach(
            i -> {
              int lightest = 0;
              for (int lane = 1; lane < lanes; lane++) {
                lightest = tokens[lane] < tokens[lightest] ? lane : lightest;
              }
              tokens[lightest] += batch.get(i).length();
              laneOf[i] = lightest;
            });
    List<LaneInput> inputs = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      List<Example> own = new ArrayList<>();
      List<Integer> places = new ArrayList<>();
      for (int i = 0; i < laneOf.length; i++) {
        if (laneOf[i] == lane) {
          own.add(batch.get(i));
          places.add(i);
        }
      }
      inputs.add(new LaneInput.Given(own, places));
    }
    return inputs;
  }

  /** The examples of a data set that each lane's file holds at the given places. */
  static List<LaneInput> stored(LaneDataset dataset, int[][] places) {
    List<LaneInput> inputs = new ArrayList<>();
    for (int lane = 0; lane < places.length; lane++) {
      inputs.add(new LaneInput.Stored(dataset, lane, places[lane]));
    }
    return inputs;
  }
}
