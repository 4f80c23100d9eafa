package ai.signal.client;

/**
 * A step of training that is done.
 *
 * @param step of this call, from 1
 * @param steps of this call
 * @param result of the step
 * @param tokensPerSecond since the call began
 * @param secondsLeft at that rate
 */
public record TrainingProgress(
    long step, long steps, TrainBatchResult result, double tokensPerSecond, double secondsLeft) {}
