package ai.signal.generate;

import java.io.Serializable;

/**
 * A prompt and its place in the request.
 *
 * @param index from 0; part of its seed
 */
record IndexedPrompt(int index, String text) implements Serializable {}
