package ai.signal.monitor;

/** Hears what a job does, in order and on the job's own thread. */
public interface JobListener {
  /**
   * A stage begins.
   *
   * @param stage its name in the spec
   * @param number counts from 1
   * @param of how many stages the job has
   */
  default void stageStarted(String stage, int number, int of) {}

  /**
   * A stage was finished before this job went on.
   *
   * @param number counts from 1
   * @param of how many stages the job has
   */
  default void stageRestored(StageResult result, int number, int of) {}

  /** Something that a person should know about the stage. */
  default void noted(String text) {}

  /**
   * The data of a train stage is ready.
   *
   * @param steps the stage's optimizer steps
   * @param done how many of them were done before this job went on
   */
  default void trainingStarted(long steps, long done) {}

  /** An optimizer step is done. */
  default void stepFinished(StepMetrics step) {}

  /**
   * A stage is done.
   *
   * @param seconds since it began
   */
  default void stageFinished(StageResult result, double seconds) {}

  /** No stage follows, whether the last one was finished or not. */
  default void jobFinished() {}
}
