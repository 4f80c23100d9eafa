package ai.signal.checkpoint;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a checkpoint is of.
 *
 * @param id of the run, the same when it is resumed
 * @param name for people
 * @param baseModel identity of the base model's weights
 * @param specDigest of all that decides the run's numbers
 * @param libraries name to version, for people: nothing compares them
 */
public record RunIdentity(
    String id, String name, String baseModel, String specDigest, Map<String, String> libraries) {
  public RunIdentity {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(baseModel, "baseModel");
    Objects.requireNonNull(specDigest, "specDigest");
    libraries = Collections.unmodifiableMap(new TreeMap<>(libraries));
  }
}
