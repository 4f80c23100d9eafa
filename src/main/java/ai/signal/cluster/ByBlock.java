package ai.signal.cluster;

import org.apache.spark.Partitioner;

/**
 * Sends blocks to reducers, consecutive ones to the same, and outcomes to the first.
 *
 * <p>A record's key is {@code block * lanes + lane}; outcomes count as the block behind the last.
 */
final class ByBlock extends Partitioner {
  private static final long serialVersionUID = 1;

  private final int lanes;
  private final int blocks;
  private final int reducers;

  ByBlock(int lanes, int blocks, int reducers) {
    this.lanes = lanes;
    this.blocks = blocks;
    this.reducers = reducers;
  }

  @Override
  public int numPartitions() {
    return reducers;
  }

  @Override
  public int getPartition(Object key) {
    int block = (Integer) key / lanes;
    return block == blocks ? 0 : (int) ((long) block * reducers / blocks);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByBlock that
        && lanes == that.lanes
        && blocks == that.blocks
        && reducers == that.reducers;
  }

  @Override
  public int hashCode() {
    return (lanes * 31 + blocks) * 31 + reducers;
  }
}
