package ai.signal.monitor;

import java.util.List;
import java.util.function.Consumer;

/** Several listeners as one; each hears everything, in their order. */
public record JobListeners(List<JobListener> listeners) implements JobListener {
  public JobListeners {
    listeners = List.copyOf(listeners);
  }

  @Override
  public void stageStarted(String stage, int number, int of) {
    all(listener -> listener.stageStarted(stage, number, of));
  }

  @Override
  public void stageRestored(StageResult result, int number, int of) {
    all(listener -> listener.stageRestored(result, number, of));
  }

  @Override
  public void noted(String text) {
    all(listener -> listener.noted(text));
  }

  @Override
  public void trainingStarted(long steps, long done) {
    all(listener -> listener.trainingStarted(steps, done));
  }

  @Override
  public void stepFinished(StepMetrics step) {
    all(listener -> listener.stepFinished(step));
  }

  @Override
  public void stageFinished(StageResult result, double seconds) {
    all(listener -> listener.stageFinished(result, seconds));
  }

  @Override
  public void jobFinished() {
    all(JobListener::jobFinished);
  }

  private void all(Consumer<JobListener> event) {
    listeners.forEach(event);
  }
}
