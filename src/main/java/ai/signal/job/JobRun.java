package ai.signal.job;

import ai.signal.checkpoint.CheckpointException;
import ai.signal.checkpoint.ForeignWriterException;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.cluster.ClusterReport;
import ai.signal.cluster.MemoryEstimate;
import ai.signal.monitor.JobHistory;
import ai.signal.monitor.JobListener;
import ai.signal.monitor.JobListeners;
import ai.signal.monitor.JobSummary;
import ai.signal.monitor.MetricsLog;
import ai.signal.monitor.ReportPage;
import ai.signal.monitor.StageResult;
import ai.signal.spec.RunSpec;
import ai.signal.spec.SpecTree;
import ai.signal.train.RunConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.sql.SparkSession;

/** One job on a Spark session, from its first stage to its report. */
final class JobRun {
  private final JobSpec spec;
  private final JobModel model;
  private final OutputDirectory output;
  private final boolean goesOn;
  private final JobListener view;
  private final JobHistory history = new JobHistory();
  private final long start;
  private boolean over; // the output says how it ended; under the lock
  private volatile boolean hooked;

  /**
   * @param model that the job trains on
   * @param output in which this job may run
   * @param goesOn whether it continues from an earlier run of the job; otherwise that is removed
   *     when it begins
   * @param view shows progress to a person
   * @param start the time of the command, as {@link System#nanoTime}
   */
  JobRun(
      JobSpec spec,
      JobModel model,
      OutputDirectory output,
      boolean goesOn,
      JobListener view,
      long start) {
    this.spec = spec;
    this.model = model;
    this.output = output;
    this.goesOn = goesOn;
    this.view = view;
    this.start = start;
  }

  /** Whether this run tells a person about a signal from now on. */
  boolean hooked() {
    return hooked;
  }

  /** The results of the stages. */
  JobHistory history() {
    return history;
  }

  /**
   * Looks at the cluster, then runs the stages; whether they succeed or not, metrics, report and
   * summary are written, and the last step that is done is saved. Nothing in the output is touched
   * before the cluster is found fit.
   *
   * @throws RuntimeException what stopped a stage
   */
  JobSummary run(SparkSession spark) throws IOException {
    try (SignalClient client = SignalClient.on(spark)) {
      TrainingClient run = client.createRun(config());
      preflight(run, view);
      return run(spark, run, OtherWriters.since(output));
    }
  }

  private JobSummary run(SparkSession spark, TrainingClient run, OtherWriters others)
      throws IOException {
    try {
      if (!goesOn) {
        clear();
      }
      output.announce();
      output.files().deletion().deleteUnfinished(); // of drivers that were killed
      return begun(spark, run, others);
    } catch (Throwable e) { // Spark's own, which no method declares, included
      Optional<OutputTakenException> taken = others.causeOf(e);
      if (taken.isPresent()) {
        throw taken.get();
      }
      throw e;
    }
  }

  /** Deletes what earlier jobs wrote, and names what stays. */
  private void clear() throws IOException {
    List<String> kept = output.clear();
    if (!kept.isEmpty()) {
      view.noted(
          "kept in %s, not written by Signal: %s"
              .formatted(
                  Locations.shown(spec.output()),
                  String.join(", ", kept.subList(0, Math.min(10, kept.size())))
                      + (kept.size() > 10 ? " and %d more".formatted(kept.size() - 10) : "")));
    }
  }

  private JobSummary begun(SparkSession spark, TrainingClient run, OtherWriters others)
      throws IOException {
    String resolved = SpecYaml.write(SpecTree.of(spec));
    if (!output.read(OutputDirectory.SPEC).equals(Optional.of(resolved))) {
      output.write(OutputDirectory.SPEC, resolved);
    }
    try (MetricsLog metrics = new MetricsLog();
        JobCheckpoints checkpoints = JobCheckpoints.open(run, spec, output, metrics);
        StopHook hook = new StopHook(() -> stopped(checkpoints, resolved))) {
      hooked = true;
      JobListeners listeners = new JobListeners(List.of(metrics, history, view));
      try {
        goOn(checkpoints);
        StagePrompts prompts = new StagePrompts(spark, spec, model.config().maxPositions());
        stages(new JobContext(spark, spec, run, output, listeners, checkpoints, prompts));
        listeners.jobFinished();
        finished(checkpoints, resolved);
      } catch (Throwable e) { // Spark's own, which no method declares, included
        listeners.jobFinished();
        hook.await();
        if (checkpoints.stopped()) {
          throw new JobStoppedException();
        }
        failed(checkpoints, e, others, resolved);
        throw e;
      }
    }
    return summary(null);
  }

  /** Tells where the job continues, and restores the history of its earlier steps. */
  private void goOn(JobCheckpoints checkpoints) throws IOException {
    checkpoints.notes().forEach(note -> view.noted("skipped: " + note));
    if (goesOn) {
      view.noted(
          checkpoints
              .resumed()
              .map(
                  at -> "continues from step %,d of stage %d".formatted(at.steps(), at.stage() + 1))
              .orElse("continues without a checkpoint: no step was saved"));
      checkpoints.publishMetrics(); // cut back to the checkpoint's step
    }
    history.restore(checkpoints.stepsBefore());
  }

  private void stages(JobContext job) throws IOException {
    int count = spec.stages().size();
    List<Optional<StageResult>> done = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      done.add(job.checkpoints().done(i, spec.stages().get(i)));
      if (done.get(i).isEmpty()) {
        job.prompts().read(i);
        InputHeads.check(job.spark(), spec, i);
      }
    }
    for (int i = 0; i < count; i++) {
      StageSpec stage = spec.stages().get(i);
      if (done.get(i).isPresent()) {
        job.listener().stageRestored(done.get(i).get(), i + 1, count);
        continue;
      }
      long begin = System.nanoTime();
      job.listener().stageStarted(StageSpec.name(stage.getClass()), i + 1, count);
      StageResult result = StageRunner.of(stage, i).run(job);
      job.checkpoints().requireGoing(); // else what is saved may be before this
      job.checkpoints().record(i, result);
      job.listener().stageFinished(result, (System.nanoTime() - begin) / 1e9);
    }
  }

  /** A signal that comes later finds the job done. */
  private synchronized void finished(JobCheckpoints checkpoints, String resolved)
      throws IOException {
    checkpoints.requireGoing();
    publish(checkpoints, summary(null), resolved);
    over = true;
  }

  /**
   * Whatever was done is saved, where it is not the store that failed. Where the output is another
   * driver's now, it is left alone.
   */
  private synchronized void failed(
      JobCheckpoints checkpoints, Throwable failure, OtherWriters others, String resolved) {
    over = true;
    if (Failures.isOf(failure, ForeignWriterException.class)
        || others.causeOf(failure).isPresent()) {
      return;
    }
    try {
      if (!Failures.isOf(failure, CheckpointException.class)) {
        checkpoints.stop();
      }
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
    try {
      publish(checkpoints, summary(failure), resolved);
    } catch (IOException | RuntimeException | FSError e) {
      failure.addSuppressed(e);
    }
  }

  /** The driver was asked to stop: on a thread of its own, while the job's may wait for a step. */
  private synchronized void stopped(JobCheckpoints checkpoints, String resolved) {
    if (over) {
      return;
    }
    try {
      String step =
          checkpoints.stop().map("step %,d is saved"::formatted).orElse("no step was done");
      view.noted("stopped by a signal: %s; the same command continues from there".formatted(step));
      publish(checkpoints, summary(new JobStoppedException()), resolved);
    } catch (IOException | RuntimeException | FSError e) {
      view.noted("stopped by a signal, and not saved: " + Failures.line(e));
    }
  }

  private void preflight(TrainingClient run, JobListener listener) {
    ClusterReport executors = run.executors();
    executors.lines().forEach(listener::noted);
    if (run.gpus().gpus() > 0) {
      listener.noted(run.gpus().line());
      return;
    }
    int atOnce = executors.cores() / spec.cluster().threads();
    int lanes = Math.max(1, Math.min(spec.cluster().lanes(), atOnce));
    MemoryEstimate memory =
        model.memory(spec, TrainStage.firstOf(spec).work(lanes, spec.cluster().lanes()));
    executors.shortage(memory.growth()).ifPresent(listener::noted);
  }

  private RunConfig config() {
    TrainStage training = TrainStage.firstOf(spec);
    return new RunSpec(
            spec.model(),
            spec.name(),
            spec.lora(),
            spec.seed(),
            spec.cluster(),
            training.tokensPerMicrobatch(),
            training.activationCheckpointing())
        .config();
  }

  private JobSummary summary(Throwable failure) {
    return new JobSummary(
        spec.name(),
        (System.nanoTime() - start) / 1e9,
        history.stages(),
        Optional.ofNullable(failure).map(e -> Failures.line(e, Optional.of(spec.output()))),
        failure instanceof JobStoppedException);
  }

  private void publish(JobCheckpoints checkpoints, JobSummary summary, String resolved)
      throws IOException {
    checkpoints.publishMetrics();
    output.write(OutputDirectory.REPORT, ReportPage.of(summary, history, resolved));
    output.write(OutputDirectory.SUMMARY, summary.json()); // last: it says that the job is over
  }
}
