package ai.signal.job;

/**
 * The base model.
 *
 * @param base {@code builtin:NAME}, a Hugging Face directory, or its URI on a Hadoop file system
 * @param dtype what the base weights are computed in
 */
record ModelSpec(String base, Precision dtype) {
  ModelSpec {
    Check.text("base", base);
    if (base.matches("(hf|https?):.+") || base.endsWith(".gguf")) {
      throw new SpecException.Value(
          "base",
          "= '%s' is not available in this version, allowed: builtin:NAME, a directory or its URI on a Hadoop file system"
              .formatted(base));
    }
  }

  ModelSpec(String base) {
    this(base, Precision.AUTO);
  }
}
