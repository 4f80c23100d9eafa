package ai.signal.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Remembers what a job did, for the summary, the table and the report. Thread-safe. */
public final class JobHistory implements JobListener {
  private final List<StepMetrics> steps = new ArrayList<>();
  private final List<StageResult> stages = new ArrayList<>();

  @Override
  public synchronized void stepFinished(StepMetrics step) {
    steps.add(step);
  }

  @Override
  public synchronized void stageFinished(StageResult result, double seconds) {
    stages.add(result);
  }

  @Override
  public synchronized void stageRestored(StageResult result, int number, int of) {
    stages.add(result);
  }

  /** Steps that were done before this job went on. */
  public synchronized void restore(List<StepMetrics> before) {
    steps.addAll(before);
  }

  /** The stages that were finished, in the order they ran. */
  public synchronized List<StageResult> stages() {
    return List.copyOf(stages);
  }

  synchronized List<StepMetrics> steps() {
    return List.copyOf(steps);
  }

  /** The last reinforce stage. */
  Optional<StageResult.Reinforce> reinforcement() {
    return all(StageResult.Reinforce.class).stream().reduce((first, second) -> second);
  }

  /** Mean rewards of the sample stages that have one, in their order. */
  List<Double> sampleRewards() {
    return all(StageResult.Sample.class).stream()
        .flatMap(sample -> sample.reward().stream())
        .toList();
  }

  /** The last train stage. */
  Optional<StageResult.Train> training() {
    return all(StageResult.Train.class).stream().reduce((first, second) -> second);
  }

  /** The first evaluation, where another one follows it. */
  Optional<StageResult.Evaluate> before() {
    List<StageResult.Evaluate> evaluations = all(StageResult.Evaluate.class);
    return evaluations.size() < 2 ? Optional.empty() : Optional.of(evaluations.get(0));
  }

  /** The last evaluation. */
  Optional<StageResult.Evaluate> after() {
    return all(StageResult.Evaluate.class).stream().reduce((first, second) -> second);
  }

  private <T extends StageResult> List<T> all(Class<T> kind) {
    return stages().stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
