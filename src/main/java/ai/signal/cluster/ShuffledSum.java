package ai.signal.cluster;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Reduce-scatter: every lane sends each of its blocks to the reducer that adds up this block of all
 * lanes. What a lane says beside its vector goes to the first reducer, which passes it on.
 *
 * @param lanes that send
 * @param reducers that add up
 * @param cut of each lane's vector: every reducer has the same number of blocks
 * @param transport of the lanes' values; sums are float32
 */
record ShuffledSum(int lanes, int reducers, Cut cut, Transport transport) implements Serializable {
  /** Values of a reducer at least: for fewer, another task costs more than it saves. */
  private static final int LEAST = 1 << 18;

  /**
   * @param mostAtOnce bytes that the driver can receive in one job
   */
  static ShuffledSum of(int lanes, int size, Transport transport, long mostAtOnce) {
    int parallel = Math.max(1, Math.min(lanes, size / LEAST));
    int small = Math.toIntExact((long) size * Float.BYTES / mostAtOnce + 1);
    int reducers = Math.max(parallel, small);
    return new ShuffledSum(lanes, reducers, Cut.of(size, reducers), transport);
  }

  /**
   * Adds up.
   *
   * @return a partition of each reducer: of the first one outcomes in lane order, then of all of
   *     them the sums of their blocks, unless a lane refused
   */
  JavaRDD<byte[]> over(JavaRDD<LaneTask.Output> outputs) {
    return outputs
        .flatMapToPair(this::addressed)
        .partitionBy(new ByBlock(lanes, cut.blocks(), reducers))
        .mapPartitions(this::reduce, true);
  }

  private Iterator<Tuple2<Integer, byte[]>> addressed(LaneTask.Output output) {
    List<Tuple2<Integer, byte[]>> records = new ArrayList<>();
    for (int block = 0; block < output.blocks().size(); block++) {
      records.add(new Tuple2<>(block * lanes + output.lane(), output.blocks().get(block)));
    }
    records.add(new Tuple2<>(cut.blocks() * lanes + output.lane(), output.outcome()));
    return records.iterator();
  }

  private Iterator<byte[]> reduce(Iterator<Tuple2<Integer, byte[]>> records) {
    byte[][] outcomes = new byte[lanes][];
    Map<Integer, BlockSum> sums = new TreeMap<>();
    boolean first = false;
    while (records.hasNext()) {
      Tuple2<Integer, byte[]> record = records.next();
      int block = record._1() / lanes;
      int lane = record._1() % lanes;
      if (block == cut.blocks()) {
        outcomes[lane] = record._2();
        first = true;
      } else {
        sums.computeIfAbsent(block, b -> new BlockSum(transport, lanes, cut.length(b)))
            .add(lane, record._2());
      }
    }
    List<byte[]> results = new ArrayList<>(first ? List.of(outcomes) : List.of());
    if (sums.values().stream().allMatch(BlockSum::complete)) {
      sums.values().forEach(sum -> results.add(sum.packed()));
    }
    return results.iterator();
  }
}
