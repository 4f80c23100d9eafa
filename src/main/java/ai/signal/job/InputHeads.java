package ai.signal.job;

import ai.signal.data.DataException;
import ai.signal.data.DataHead;
import ai.signal.model.HadoopConf;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** Looks at the head of the data of every stage, so that a job does not fail on it hours later. */
final class InputHeads {
  private InputHeads() {}

  /**
   * Checks the files on this machine, without Spark.
   *
   * @throws DataException naming the stage, if its data cannot be used
   */
  static void check(JobSpec spec) {
    Configuration conf = HadoopConf.current();
    for (JobInput input : JobInput.of(spec)) {
      if (input.data().path().filter(Locations::isLocal).isPresent()) {
        within(input, () -> DataHead.check(input.spec(), input.isPrompts(), conf));
      }
    }
  }

  /**
   * Checks the examples of a stage on a session: columns, and the filter over them.
   *
   * @throws DataException naming the stage, if its data cannot be used
   */
  static void check(SparkSession spark, JobSpec spec, int stage) {
    for (JobInput input : JobInput.of(spec)) {
      if (input.index() == stage && !input.isPrompts()) {
        within(input, () -> DataHead.check(spark, input.spec()));
      }
    }
  }

  /**
   * Does work on the data of a stage.
   *
   * @throws DataException of the work, with the stage
   */
  static void within(JobInput input, Runnable work) {
    try {
      work.run();
    } catch (DataException e) {
      throw new DataException("%s (%s)".formatted(e.getMessage(), input.key()), e);
    }
  }
}
