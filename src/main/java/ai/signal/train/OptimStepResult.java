package ai.signal.train;

/**
 * What an optim_step did.
 *
 * @param step optimizer steps done so far, this one included
 * @param learningRate that was used
 * @param gradNorm global norm of the normalized gradient, before clipping
 * @param tokens that the gradient was made from
 * @param applied false when the gradient was not finite: it was dropped and nothing changed
 * @param seconds on the driver
 */
public record OptimStepResult(
    long step,
    double learningRate,
    double gradNorm,
    long tokens,
    boolean applied,
    double seconds) {}
