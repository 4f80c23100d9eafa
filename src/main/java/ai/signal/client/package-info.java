/** The four primitives, for a person who writes a training loop. */
package ai.signal.client;
