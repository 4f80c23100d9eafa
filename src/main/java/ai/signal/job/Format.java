package ai.signal.job;

/** How one JSONL line becomes an example. */
enum Format {
  /** By the fields of the first line. */
  AUTO,
  /** {@code {"text": ...}}: every token counts. */
  TEXT,
  /** {@code {"prompt": ..., "completion": ...}}: the completion's tokens and the end count. */
  COMPLETION
}
