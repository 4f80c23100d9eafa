package ai.signal.generate;

import ai.signal.model.TopTokens;
import java.io.Serializable;

/**
 * What a model makes of a prompt.
 *
 * @param tokenIds [n] of the prompt
 * @param logprobs [n] of each token, given those before it; NaN for the first; nats
 * @param top [n, k] the most likely tokens in its place; of the first, NaN and -1
 */
@SuppressWarnings("ArrayRecordComponent") // a result, read by whoever asked for it
public record PromptLogprobs(int[] tokenIds, float[] logprobs, TopTokens top)
    implements Serializable {}
