package ai.signal.model;

/**
 * A token for each row.
 *
 * @param tokens [rows] ids
 * @param logprobs [rows] under the model itself, before any warp; nats
 * @param top the most likely tokens of each row, as many as were asked for
 */
@SuppressWarnings("ArrayRecordComponent") // read once, by the loop that asked for them
public record Choice(long[] tokens, float[] logprobs, TopTokens top) {}
