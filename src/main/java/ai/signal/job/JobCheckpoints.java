package ai.signal.job;

import ai.signal.checkpoint.CheckpointException;
import ai.signal.checkpoint.Manifest;
import ai.signal.checkpoint.Retention;
import ai.signal.checkpoint.SavePolicy;
import ai.signal.client.RunCheckpoints;
import ai.signal.client.TrainingClient;
import ai.signal.monitor.MetricsLog;
import ai.signal.monitor.StageResult;
import ai.signal.monitor.StepMetrics;
import ai.signal.storage.Content;
import ai.signal.train.RunState;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FSError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a job saves of its run on the way, and where it goes on from. Belongs to the job's thread,
 * but for {@link #stop}, which is any thread's.
 *
 * <p>With the state of each checkpoint goes {@code metrics.jsonl} up to its step, so that a job
 * that goes on from it has every step once.
 */
final class JobCheckpoints implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobCheckpoints.class);
  private static final String EVALUATION = "evaluation";
  private static final String DATA = "data";
  private static final String UNMEASURED = "unmeasured";
  private static final String PROGRESS = "progress";
  private static final String STAGES_SHA256 = "stages_sha256";
  private static final String METRICS = OutputDirectory.METRICS;

  /** In which whoever trains has heard of a step that is done. */
  private static final Duration HEARD = Duration.ofSeconds(5);

  private final RunCheckpoints checkpoints;
  private final JobSpec spec;
  private final OutputDirectory output;
  private final MetricsLog metrics;
  private final StageRecords records;
  private final List<Retention.Best> bests; // of all stages that keep theirs
  private final Optional<Progress> resumed;
  private boolean restoring = true; // until the first stage that is not done
  private volatile Retention retention = Retention.last(1);
  private volatile String data = "";
  private long saved; // step of the run; under the lock
  private CompletableFuture<Void> published = CompletableFuture.completedFuture(null);
  private volatile long asked = System.nanoTime();
  private volatile boolean stopped;
  private volatile boolean failed;
  private volatile Runnable stopping = () -> {};
  private final Object completing = new Object();
  private Completed completed =
      new Completed(Progress.of(0), 0, 0, Optional.empty()); // under its lock

  /**
   * A step that is done.
   *
   * @param step of the run
   * @param bytes of the metrics with it; before it, where it is not measured yet
   * @param unmeasured the step, where its evaluation is not done
   */
  private record Completed(
      Progress progress, long step, long bytes, Optional<StepMetrics> unmeasured) {}

  private JobCheckpoints(
      RunCheckpoints checkpoints, JobSpec spec, OutputDirectory output, MetricsLog metrics) {
    this.checkpoints = checkpoints;
    this.spec = spec;
    this.output = output;
    this.metrics = metrics;
    this.records = new StageRecords(output, checkpoints.baseModel());
    this.bests =
        IntStream.range(0, spec.stages().size())
            .filter(i -> spec.stages().get(i).saves().filter(CheckpointSpec::keepBest).isPresent())
            .mapToObj(i -> best(i, spec.stages().get(i)))
            .toList();
    this.resumed = checkpoints.resumed().map(from -> progress(from.facts()));
    checkpoints
        .resumed()
        .ifPresent(
            from -> {
              saved = from.step();
              metrics.restore(from.beside());
              completed = new Completed(resumed.get(), saved, metrics.bytes(), unmeasured());
            });
  }

  private static Retention.Best best(int index, StageSpec stage) {
    return stage instanceof TrainStage
        ? new Retention.Best(EVALUATION + "." + stage(index) + ".loss", Retention.Goal.MIN)
        : new Retention.Best(EVALUATION + "." + stage(index) + ".reward", Retention.Goal.MAX);
  }

  private static String stage(int index) {
    return "stage_%02d".formatted(index);
  }

  /**
   * Takes the output over; where it has a good checkpoint of this job, the run goes on from it.
   *
   * @param metrics in which the steps before it are then restored
   */
  static JobCheckpoints open(
      TrainingClient run, JobSpec spec, OutputDirectory output, MetricsLog metrics) {
    return new JobCheckpoints(
        RunCheckpoints.open(
            run.async(),
            output.location(),
            SpecDigest.ofRun(spec),
            facts -> difference(facts, spec),
            METRICS,
            SavePolicy.DEFAULT),
        spec,
        output,
        metrics);
  }

  /** How far the stage of a checkpoint had come, from the facts of its manifest. */
  static Progress progress(JsonNode facts) {
    return Progress.of(facts.path(PROGRESS));
  }

  /** Stages after the checkpoint's may have changed since; its own and earlier ones may not. */
  private static Optional<String> difference(JsonNode facts, JobSpec spec) {
    String expected = SpecDigest.upTo(spec, progress(facts).stage());
    return facts.path(STAGES_SHA256).asText().equals(expected)
        ? Optional.empty()
        : Optional.of("its stages are not those of this job");
  }

  /** What a person should know of where the job goes on. */
  List<String> notes() {
    return checkpoints.leftOut();
  }

  /** Where the job goes on; empty where it begins. */
  Optional<Progress> resumed() {
    return resumed;
  }

  /** The steps that were done before. */
  List<StepMetrics> stepsBefore() throws IOException {
    List<StepMetrics> steps = new ArrayList<>();
    if (checkpoints.resumed().isPresent()) {
      try (MappingIterator<JsonNode> lines =
          new ObjectMapper()
              .readerFor(JsonNode.class)
              .readValues(checkpoints.resumed().get().beside())) {
        while (lines.hasNext()) {
          steps.add(StepMetrics.of(lines.next()));
        }
      }
    }
    return steps;
  }

  /**
   * What a stage had to show, where it was finished before; asked of all stages in their order.
   *
   * @throws CannotGoOnException when a checkpoint is of a later stage, and the record is gone
   */
  Optional<StageResult> done(int index, StageSpec stage) throws IOException {
    int at = resumed.map(Progress::stage).orElse(-1);
    if (!restoring || (index > at && stage.saves().isPresent())) {
      restoring = false;
      return Optional.empty();
    }
    String kind = StageSpec.name(stage.getClass());
    Optional<StageResult> result = records.read(index, kind);
    if (index < at && result.isEmpty()) {
      throw new CannotGoOnException(
          "Cannot continue from the checkpoint of stage %d: the result of stage %d (%s) is missing from %s; --overwrite starts the job again"
              .formatted(at + 1, index + 1, kind, output.location(StageRecords.DIRECTORY)));
    }
    restoring = result.isPresent() && (index != at || nothingLeft());
    return restoring ? result : Optional.empty();
  }

  /** A step that is not measured is not among the metrics either. */
  private boolean nothingLeft() {
    return resumed.orElseThrow().finished() && unmeasured().isEmpty();
  }

  /** The step behind which the job goes on, where its evaluation is still to be done. */
  Optional<StepMetrics> unmeasured() {
    return checkpoints
        .resumed()
        .map(from -> from.facts().path(UNMEASURED))
        .filter(JsonNode::isObject)
        .map(StepMetrics::of);
  }

  private String dataBefore() {
    return checkpoints.resumed().orElseThrow().facts().path(DATA).asText();
  }

  /** A stage is finished. */
  void record(int index, StageResult result) throws IOException {
    records.write(index, result);
  }

  /**
   * A stage that learns begins or goes on.
   *
   * @param saves which checkpoints stay from now on
   * @param content what its data is; a stage goes on with the same alone
   * @throws CannotGoOnException where it is another
   */
  Progress begin(int index, CheckpointSpec saves, String content) {
    retention = saves.retention(bests);
    data = content;
    asked = System.nanoTime();
    Progress progress =
        resumed.filter(before -> before.stage() == index).orElse(Progress.of(index));
    if (progress.steps() > 0 && !content.equals(dataBefore())) {
      throw new CannotGoOnException(
          "Cannot continue stage %d: its data has changed since step %d was saved; restore it, or start again with --overwrite"
              .formatted(index + 1, progress.steps()));
    }
    synchronized (completing) {
      completed = new Completed(progress, completed.step, metrics.bytes(), completed.unmeasured);
    }
    return progress;
  }

  /**
   * Whether the job may go on.
   *
   * @throws JobStoppedException when the driver was asked to stop
   */
  void requireGoing() {
    if (stopped) {
      throw new JobStoppedException();
    }
  }

  /**
   * Whether all was saved that should have been so far.
   *
   * @throws CheckpointException when a save has failed
   */
  void requireSaved() {
    if (failed) {
      checkpoints.await();
    }
  }

  /** What else is done when the driver is asked to stop: no more steps begin. */
  void onStop(Runnable action) {
    stopping = action;
    if (stopped) {
      action.run();
    }
  }

  /** Whether the driver was asked to stop. */
  boolean stopped() {
    return stopped;
  }

  /** Whether a step is to be saved; then its state is to be asked for. */
  boolean due(CheckpointSpec spec, long step, long steps) {
    boolean due = spec.due(step, steps, Duration.ofNanos(System.nanoTime() - asked));
    asked = due ? System.nanoTime() : asked;
    return due;
  }

  /**
   * A step is done.
   *
   * @param step of the run
   * @param unmeasured the step, where the metrics do not have it yet, since its evaluation is not
   *     done
   */
  void completed(Progress progress, long step, Optional<StepMetrics> unmeasured) {
    synchronized (completing) {
      completed = new Completed(progress, step, metrics.bytes(), unmeasured);
      completing.notifyAll();
    }
  }

  /**
   * Begins to save the step that was completed last.
   *
   * @param state behind it
   * @param measured of it, by name
   */
  void save(RunState state, Map<String, Double> measured) {
    if (!stopped) {
      Completed last;
      synchronized (completing) {
        last = completed;
      }
      write(state, last, measured);
    }
  }

  /** The checkpoint of the last step, in the output; each stage that learns ends with one. */
  String newest() {
    long step =
        checkpoints
            .await()
            .map(Manifest::step)
            .orElseThrow(() -> new IllegalStateException("Cannot save state: no step was done"));
    return "checkpoints/step-%08d".formatted(step);
  }

  /** Waits until the stage's last checkpoint is committed. */
  void await() {
    checkpoints.await();
  }

  /**
   * Saves the last step that is done, whatever computes, and lets no other one begin.
   *
   * @return the step of the run that is saved; empty where none was done
   * @throws CheckpointException when it cannot be saved
   */
  Optional<Long> stop() {
    stopped = true;
    stopping.run();
    while (true) {
      RunState state = checkpoints.lastStep();
      if (state.step() <= saved()) { // behind a save that has begun
        return checkpoints.await().map(Manifest::step);
      }
      Completed last = heardOf(state.step());
      if (last.step == state.step()) {
        write(state, last, Map.of());
        return checkpoints.await().map(Manifest::step);
      }
    }
  }

  private synchronized long saved() {
    return saved;
  }

  /** What was completed with that step or a later one. */
  private Completed heardOf(long step) {
    long end = System.nanoTime() + HEARD.toNanos();
    synchronized (completing) {
      while (completed.step < step) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new IllegalStateException(
              "Cannot save step %d: its metrics are not there".formatted(step));
        }
        try {
          completing.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("Interrupted while step %d is saved".formatted(step), e);
        }
      }
      return completed;
    }
  }

  private synchronized void write(RunState state, Completed last, Map<String, Double> measured) {
    if (state.step() <= saved) {
      return; // nothing was learned since
    }
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts.set(PROGRESS, last.progress.json());
    facts.put(STAGES_SHA256, SpecDigest.upTo(spec, last.progress.stage()));
    facts.put(DATA, data);
    if (!measured.isEmpty()) {
      ObjectNode evaluation = facts.putObject(EVALUATION).putObject(stage(last.progress.stage()));
      measured.forEach(
          (name, value) -> {
            if (Double.isFinite(value)) {
              evaluation.put(name, value);
            }
          });
    }
    last.unmeasured.ifPresent(step -> facts.set(UNMEASURED, step.json()));
    Content lines = out -> metrics.copy(last.bytes, out);
    published =
        checkpoints
            .save(state, facts, Map.of(METRICS, lines), retention)
            .handle((manifest, failure) -> publish(lines, failure))
            .toCompletableFuture();
    saved = state.step();
  }

  /** Where people look; the checkpoint has its own. */
  private Void publish(Content lines, Throwable failure) {
    failed = failure != null;
    if (!failed) {
      try {
        output.write(METRICS, lines);
      } catch (IOException | FSError e) { // of a full disk
        LOG.warn("{} is behind: {}", output.location(METRICS), e.getMessage());
      }
    }
    return null;
  }

  /** Publishes the metrics as they are. */
  synchronized void publishMetrics() throws IOException {
    published.join();
    long bytes = metrics.bytes();
    output.write(METRICS, out -> metrics.copy(bytes, out));
  }

  @Override
  public void close() {
    checkpoints.close();
  }
}
