package ai.signal.job;

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
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** One job on a Spark session, from its first stage to its report. */
final class JobRun {
  private final JobSpec spec;
  private final JobModel model;
  private final OutputDirectory output;
  private final JobListener view;
  private final JobHistory history = new JobHistory();
  private final long start;

  /**
   * @param model that the job trains on
   * @param output in which this job may run; cleared of an earlier one when this one begins
   * @param view shows progress to a person
   * @param start the time of the command, as {@link System#nanoTime}
   */
  JobRun(JobSpec spec, JobModel model, OutputDirectory output, JobListener view, long start) {
    this.spec = spec;
    this.model = model;
    this.output = output;
    this.view = view;
    this.start = start;
  }

  /** What the stages had to show. */
  JobHistory history() {
    return history;
  }

  /**
   * Looks at the cluster, then runs the stages; whether they succeed or not, metrics, report and
   * summary are written. Nothing in the output is touched before the cluster is found fit.
   *
   * @throws RuntimeException what stopped a stage
   */
  JobSummary run(SparkSession spark) throws IOException {
    try (SignalClient client = SignalClient.on(spark)) {
      TrainingClient run = client.createRun(config());
      preflight(run, view);
      output.clear();
      return run(spark, run);
    }
  }

  private JobSummary run(SparkSession spark, TrainingClient run) throws IOException {
    String resolved = SpecYaml.write(SpecTree.of(spec));
    output.write(OutputDirectory.SPEC, resolved);
    try (MetricsLog metrics = new MetricsLog()) {
      JobListeners listeners = new JobListeners(List.of(metrics, history, view));
      Throwable failure = null;
      try {
        stages(spark, run, listeners);
      } catch (Throwable e) { // Spark's own, which no method declares, included
        failure = e;
        throw e;
      } finally {
        listeners.jobFinished();
        publish(metrics, summary(failure), resolved);
      }
    }
    return summary(null);
  }

  private void stages(SparkSession spark, TrainingClient run, JobListener listener)
      throws IOException {
    JobContext job = new JobContext(spark, spec, run, output, listener);
    int count = spec.stages().size();
    for (int i = 0; i < count; i++) {
      StageSpec stage = spec.stages().get(i);
      long begin = System.nanoTime();
      listener.stageStarted(StageSpec.name(stage.getClass()), i + 1, count);
      StageResult result = StageRunner.of(stage, i).run(job);
      listener.stageFinished(result, (System.nanoTime() - begin) / 1e9);
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
        Optional.ofNullable(failure).map(Failures::line));
  }

  private void publish(MetricsLog metrics, JobSummary summary, String resolved) throws IOException {
    try (OutputStream target = output.create(OutputDirectory.METRICS)) {
      metrics.publish(target);
    }
    output.write(OutputDirectory.REPORT, ReportPage.of(summary, history, resolved));
    output.write(OutputDirectory.SUMMARY, summary.json()); // last: it says that the job is over
  }
}
