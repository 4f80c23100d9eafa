/**
 * A run: forward, loss and backward on lanes, one gradient on the driver, and the optimizer that
 * applies it.
 */
package ai.signal.train;
