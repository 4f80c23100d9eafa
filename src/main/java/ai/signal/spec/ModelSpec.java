package ai.signal.spec;

/**
 * The base model.
 *
 * @param base {@code builtin:NAME}, a Hugging Face directory, or its URI on a Hadoop file system
 * @param dtype what the base weights are computed in
 */
public record ModelSpec(String base, Precision dtype) {
  public ModelSpec {
    Check.location("base", base);
    if (base.matches("(hf|https?):.+")) {
      throw new SpecException.Value(
          "base",
          "= '%s' is not available in this version, allowed: builtin:NAME, a directory or its URI on a Hadoop file system; a model of the Hugging Face Hub is downloaded first: hf download ORG/NAME --local-dir DIRECTORY"
              .formatted(base));
    }
    if (base.endsWith(".gguf")) {
      throw new SpecException.Value(
          "base",
          "= '%s' is not available in this version, allowed: builtin:NAME, a directory or its URI on a Hadoop file system"
              .formatted(base));
    }
  }

  public ModelSpec(String base) {
    this(base, Precision.AUTO);
  }
}
