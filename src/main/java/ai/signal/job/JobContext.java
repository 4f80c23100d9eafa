package ai.signal.job;

import ai.signal.client.TrainingClient;
import ai.signal.monitor.JobListener;
import org.apache.spark.sql.SparkSession;

/**
 * What the stages of a running job share.
 *
 * @param spark the session
 * @param spec the resolved job
 * @param run the one adapter that every stage sees
 * @param output where everything goes
 * @param listener hears what happens
 * @param checkpoints where the run is saved on the way
 * @param prompts of the stages
 */
record JobContext(
    SparkSession spark,
    JobSpec spec,
    TrainingClient run,
    OutputDirectory output,
    JobListener listener,
    JobCheckpoints checkpoints,
    StagePrompts prompts) {}
