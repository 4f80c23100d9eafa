package ai.signal.client;

import ai.signal.model.DType;
import ai.signal.spec.ByteSize;
import ai.signal.spec.Names;
import ai.signal.spec.SavedDtype;
import ai.signal.spec.SpecException;
import java.util.Optional;

/**
 * How a merged model is written.
 *
 * @param dtype of its weights; empty: each keeps that of the base model's file
 * @param maxShardSize of the weights in one file; a weight that is larger has a file of its own
 */
public record MergeOptions(Optional<DType> dtype, ByteSize maxShardSize) {
  /** The base's dtypes, in files of 5 GB as transformers writes them. */
  public static final MergeOptions DEFAULT =
      new MergeOptions(Optional.empty(), ByteSize.parse("5GB"));

  /** Those of a spec's keys; what is empty is as in {@link #DEFAULT}. */
  public static MergeOptions of(Optional<SavedDtype> dtype, Optional<ByteSize> maxShardSize) {
    return new MergeOptions(
        dtype.flatMap(SavedDtype::dtype), maxShardSize.orElse(DEFAULT.maxShardSize));
  }

  /**
   * Refuses a spec's keys where nothing is merged.
   *
   * @throws SpecException.Value naming the key
   */
  public static void only(
      boolean merged, Optional<SavedDtype> dtype, Optional<ByteSize> maxShardSize) {
    if (!merged && dtype.isPresent()) {
      throw refused("dtype", Names.of(dtype.get()));
    }
    if (!merged && maxShardSize.isPresent()) {
      throw refused("max_shard_size", maxShardSize.get().toString());
    }
  }

  private static SpecException.Value refused(String key, String value) {
    return new SpecException.Value(
        key, "= '%s' is refused: only mode merged has it".formatted(value));
  }

  public MergeOptions withDtype(DType value) {
    return new MergeOptions(Optional.of(value), maxShardSize);
  }

  /**
   * With files of another size.
   *
   * @param size such as {@code 2GB}, {@code 512MiB} or a number of bytes
   * @throws IllegalArgumentException saying what is allowed
   */
  public MergeOptions withMaxShardSize(String size) {
    try {
      return new MergeOptions(dtype, ByteSize.parse(size));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot use maxShardSize '%s', allowed: %s".formatted(size, e.getMessage()), e);
    }
  }
}
