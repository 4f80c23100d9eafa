package ai.signal.client;

/**
 * What training over a data set came to.
 *
 * @param steps done
 * @param skipped of them that changed nothing, since their gradient was not finite
 * @param loss mean over all steps, each while it was trained
 * @param firstLoss of the first step
 * @param lastLoss of the last step
 * @param tokens that went through the model
 * @param seconds from the first submission to the last result
 */
public record TrainingResult(
    long steps,
    long skipped,
    double loss,
    double firstLoss,
    double lastLoss,
    long tokens,
    double seconds) {}
