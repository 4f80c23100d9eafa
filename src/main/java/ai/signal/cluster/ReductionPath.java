package ai.signal.cluster;

import org.apache.spark.SparkConf;

/**
 * Which way the lanes' vectors take, by bytes alone. It changes no result.
 *
 * @param shuffled lanes are added up by reducers, and the driver receives one vector; otherwise the
 *     driver receives all of them
 * @param mostAtOnce bytes that the driver may receive in one Spark job
 */
record ReductionPath(boolean shuffled, long mostAtOnce) {
  /** Bytes that all lanes together send to the driver at most; above, they go over the shuffle. */
  static final String SHUFFLE_ABOVE = "spark.signal.reduction.shuffleAbove";

  private static final String DEFAULT_SHUFFLE_ABOVE = "64m";

  static ReductionPath of(SparkConf conf, int lanes, long bytesOfLane) {
    long limit = conf.getSizeAsBytes("spark.driver.maxResultSize", "1g");
    long mostAtOnce = limit == 0 ? Long.MAX_VALUE : limit / 10 * 9; // Spark's own bytes count too
    long shuffleAbove = conf.getSizeAsBytes(SHUFFLE_ABOVE, DEFAULT_SHUFFLE_ABOVE);
    long collected = lanes * bytesOfLane;
    boolean many = lanes > 1 && collected > shuffleAbove;
    return new ReductionPath(bytesOfLane > 0 && (many || collected > mostAtOnce), mostAtOnce);
  }
}
