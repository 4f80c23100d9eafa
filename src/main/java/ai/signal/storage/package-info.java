/**
 * Files that Signal writes: published atomically, recorded before they appear, and replaced or
 * deleted only where a record proves that Signal wrote them.
 */
package ai.signal.storage;
