package ai.signal.spec;

import ai.signal.model.DType;
import java.util.Optional;

/** The type that weights are written in. */
public enum SavedDtype {
  /** As the base model's files have each. */
  AUTO,
  FLOAT32,
  BFLOAT16,
  FLOAT16;

  /** Empty for {@code AUTO}. */
  public Optional<DType> dtype() {
    return this == AUTO ? Optional.empty() : Optional.of(DType.valueOf(name()));
  }
}
