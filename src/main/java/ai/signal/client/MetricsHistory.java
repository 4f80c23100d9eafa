package ai.signal.client;

import ai.signal.monitor.GpuReading;
import ai.signal.monitor.StepMetrics;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.OptimStepResult;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run's optim_steps were made from and did: the last {@value #CAPACITY} of them.
 * Thread-safe.
 */
final class MetricsHistory {
  static final int CAPACITY = 10_000;

  private final Deque<StepMetrics> steps = new ArrayDeque<>();
  private Gathered gathered = new Gathered(0);

  /** What the forward_backward calls since the last optim_step add up to. */
  private static final class Gathered {
    final long start;
    double loss;
    double denominator;
    long lossTokens;
    double prepare;
    double compute;
    double reduce;
    final Map<String, Double> metrics = new TreeMap<>(); // each times its denominator

    Gathered(long start) {
      this.start = start;
    }
  }

  /**
   * A forward_backward was added to the gradient.
   *
   * @param start when it began, as {@link System#nanoTime}
   */
  synchronized void added(ForwardBackwardResult result, long start) {
    if (gathered.start == 0) {
      gathered = new Gathered(start);
    }
    gathered.loss += result.lossSum();
    gathered.denominator += result.denominator();
    gathered.lossTokens += result.lossTokens();
    gathered.prepare += result.seconds().prepare();
    gathered.compute += result.seconds().compute();
    gathered.reduce += result.seconds().reduce();
    result
        .metrics()
        .forEach(
            (name, value) ->
                gathered.metrics.merge(name, value * result.denominator(), Double::sum));
  }

  /** The gradient was dropped. */
  synchronized void dropped() {
    gathered = new Gathered(0);
  }

  /**
   * An optim_step was done.
   *
   * @param epoch passes over the data so far; NaN where nobody counts
   */
  synchronized StepMetrics applied(OptimStepResult update, double epoch, List<GpuReading> gpus) {
    // Of a gradient that came with a checkpoint, nobody here knows when it began.
    double seconds =
        gathered.start == 0
            ? Double.NaN
            : Math.max(1e-9, (System.nanoTime() - gathered.start) / 1e9);
    Map<String, Double> metrics = new TreeMap<>();
    gathered.metrics.forEach((name, sum) -> metrics.put(name, sum / gathered.denominator));
    StepMetrics step =
        new StepMetrics(
            update.step(),
            epoch,
            gathered.loss / gathered.denominator,
            update.learningRate(),
            update.gradNorm(),
            update.tokens(),
            gathered.lossTokens,
            update.tokens() / seconds,
            new StepMetrics.Seconds(
                gathered.prepare, gathered.compute, gathered.reduce, update.seconds()),
            metrics,
            gpus);
    steps.add(step);
    if (steps.size() > CAPACITY) {
      steps.remove();
    }
    gathered = new Gathered(0);
    return step;
  }

  /** In their order. */
  synchronized List<StepMetrics> steps() {
    return List.copyOf(steps);
  }
}
