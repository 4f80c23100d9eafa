package ai.signal.client;

import ai.signal.monitor.StepMetrics;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.OptimStepResult;

/**
 * What a train_batch found and did.
 *
 * @param forwardBackward of the batch
 * @param optimStep that applied its gradient
 * @param metrics of both, as in the run's history
 */
public record TrainBatchResult(
    ForwardBackwardResult forwardBackward, OptimStepResult optimStep, StepMetrics metrics) {}
