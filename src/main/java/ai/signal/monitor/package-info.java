/**
 * What a job tells a person while it runs and afterwards: metrics, progress, the summary and the
 * report. It knows nothing of how a job works; the job tells it through {@link
 * ai.signal.monitor.JobListener}.
 */
package ai.signal.monitor;
