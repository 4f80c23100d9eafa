package ai.signal.generate;

import ai.signal.model.TopTokens;
import java.io.Serializable;

/**
 * What a model makes of a text.
 *
 * @param tokenIds [n] of the text
 * @param logprobs [n] of each token, given those before it; NaN for the first; nats
 * @param top [n, k] the most likely tokens in the place of each; of the first, NaN and -1; none
 *     where they were not asked for
 */
@SuppressWarnings("ArrayRecordComponent") // a result, read by whoever asked for it
public record TextLogprobs(int[] tokenIds, float[] logprobs, TopTokens top)
    implements Serializable {}
