package ai.signal.client;

/** What the steps of a training add up to so far. */
final class TrainingTally {
  private final long steps;
  private final long start = System.nanoTime();
  private long done;
  private long skipped;
  private double lossSum;
  private double denominator;
  private double firstLoss;
  private double lastLoss;
  private long tokens;

  /**
   * @param steps that there will be
   */
  TrainingTally(long steps) {
    this.steps = steps;
  }

  long left() {
    return steps - done;
  }

  /** One more step is done. */
  TrainingProgress add(TrainBatchResult step) {
    done++;
    skipped += step.optimStep().applied() ? 0 : 1;
    lossSum += step.forwardBackward().lossSum();
    denominator += step.forwardBackward().denominator();
    lastLoss = step.forwardBackward().loss();
    firstLoss = done == 1 ? lastLoss : firstLoss;
    tokens += step.forwardBackward().tokens();
    return new TrainingProgress(done, steps, step, tokens / seconds(), seconds() / done * left());
  }

  TrainingResult result() {
    return new TrainingResult(
        done, skipped, lossSum / denominator, firstLoss, lastLoss, tokens, seconds());
  }

  private double seconds() {
    return Math.max(1e-9, (System.nanoTime() - start) / 1e9);
  }
}
