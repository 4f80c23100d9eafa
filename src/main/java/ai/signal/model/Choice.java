package ai.signal.model;

/**
 * A token for each row.
 *
 * @param tokens [rows] ids
 * @param logprobs [rows] under the model itself, before temperature, top-k and top-p; nats
 */
@SuppressWarnings("ArrayRecordComponent") // read once, by the loop that asked for them
public record Choice(long[] tokens, float[] logprobs) {}
