/**
 * The batch job: a YAML spec with ordered stages, run through {@code submit.sh} or {@code
 * spark-submit}.
 *
 * <p>A spec is read and checked in full before any Spark class is touched. {@link
 * ai.signal.job.SignalJob} is the main class.
 */
package ai.signal.job;
