package ai.signal.client;

/**
 * A token as soon as it was sampled.
 *
 * @param sample number of its completion among those of the prompt, from 0
 * @param tokenId of the vocabulary
 * @param logprob under the model itself, nats
 * @param text what can be said since the token before: together, the texts of a sample are its
 *     completion. Empty while a character, or what may become a stop text, is not whole
 */
public record StreamedToken(int sample, int tokenId, float logprob, String text) {}
