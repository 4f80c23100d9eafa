package ai.signal.generate;

import java.io.Serializable;

/**
 * What a model wrote behind a prompt.
 *
 * @param prompt as it was given
 * @param completion without EOS
 * @param tokenIds [n] EOS included where it was sampled
 * @param logprobs [n] of each token under the model itself, before temperature, top-k and top-p;
 *     nats
 */
@SuppressWarnings("ArrayRecordComponent") // a result, read by whoever asked for it
public record Completion(
    String prompt, String completion, int[] tokenIds, float[] logprobs, StopReason stopReason)
    implements Serializable {}
