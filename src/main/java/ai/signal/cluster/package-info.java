/**
 * Lanes on executors: base models loaded once per JVM, adapters broadcast by version, results in
 * lane order.
 */
package ai.signal.cluster;
