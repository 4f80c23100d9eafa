/**
 * What job specs and notebooks write: trees of YAML or JSON to records and back, and the records
 * that name losses, optimizers, adapters and how a run computes.
 */
package ai.signal.spec;
