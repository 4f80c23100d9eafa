package ai.signal.client;

import ai.signal.storage.OwnedFiles;

/** Publishes what a run has learned into the output of a job, under the job's own records. */
public final class JobSaves {
  private JobSaves() {}

  /**
   * Writes an adapter or a merged model and waits for it.
   *
   * @param output of the job
   * @param directory name in the output
   * @param mode {@link SaveMode#ADAPTER} or {@link SaveMode#MERGED}
   * @param options of a merged model
   */
  public static SavedState save(
      AsyncTrainingClient run,
      OwnedFiles output,
      String directory,
      SaveMode mode,
      MergeOptions options) {
    return run.saveInto(output, directory, mode, options).result();
  }
}
