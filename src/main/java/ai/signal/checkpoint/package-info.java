/**
 * Checkpoints that are never torn: named files and JSON facts of a step, on any Hadoop file system.
 * Files first, the manifest last; what has no valid manifest does not exist (docs/checkpoints.md).
 */
package ai.signal.checkpoint;
