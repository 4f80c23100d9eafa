/**
 * Where files are and how they are written: the lowest room, which all others may import. {@link
 * ai.signal.storage.Location} is a path that a user gave. Files are published atomically, recorded
 * before they appear, and replaced or deleted only where a record proves that Signal wrote them.
 */
package ai.signal.storage;
