package ai.signal.data;

import org.apache.spark.Partitioner;

/** Sends the example at a position to its lane. */
final class LanePartitioner extends Partitioner {
  private static final long serialVersionUID = 1L;

  private final int lanes;

  LanePartitioner(int lanes) {
    this.lanes = lanes;
  }

  @Override
  public int numPartitions() {
    return lanes;
  }

  @Override
  public int getPartition(Object position) {
    return (int) ((Long) position % lanes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LanePartitioner that && lanes == that.lanes;
  }

  @Override
  public int hashCode() {
    return lanes;
  }
}
