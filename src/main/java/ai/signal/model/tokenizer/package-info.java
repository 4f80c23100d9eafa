/**
 * Validation of tokenizer.json. The Rust library that reads the file aborts the JVM or runs for
 * minutes on many files, so every component is checked here first. A component that is not known to
 * be safe is refused by name.
 */
package ai.signal.model.tokenizer;
