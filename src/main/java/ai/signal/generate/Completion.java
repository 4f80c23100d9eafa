package ai.signal.generate;

import ai.signal.model.TopTokens;
import java.io.Serializable;

/**
 * What a model wrote behind a prompt.
 *
 * @param prompt as it was given; where it was given as tokens, their text
 * @param promptTokenIds of the prompt, as the model saw it
 * @param completion without EOS, and up to where it was stopped
 * @param tokenIds [n] all that were sampled, EOS and what stopped it included
 * @param logprobs [n] of each token under the model itself, before any warp; nats
 * @param top [n, top_logprobs] the most likely tokens in the place of each
 * @param promptLogprobs of the prompt; null where they were not asked for
 */
@SuppressWarnings("ArrayRecordComponent") // a result, read by whoever asked for it
public record Completion(
    String prompt,
    int[] promptTokenIds,
    String completion,
    int[] tokenIds,
    float[] logprobs,
    TopTokens top,
    TextLogprobs promptLogprobs,
    StopReason stopReason)
    implements Serializable {}
