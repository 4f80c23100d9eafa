/** Sampling from a model and an adapter, in blocks of sequences. */
package ai.signal.generate;
