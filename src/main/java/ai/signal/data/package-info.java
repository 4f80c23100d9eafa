/**
 * Training data: JSON lines read by Spark into examples with identities, tokenized once, kept as
 * immutable lane files, and the plan that says which example is trained at which step.
 */
package ai.signal.data;
