package ai.signal.checkpoint;

import ai.signal.storage.Content;
import ai.signal.storage.OwnedFiles;
import ai.signal.storage.ReadLimit;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * {@code owner.json}: who writes to an output. Everything but the id is for people.
 *
 * @param id random
 * @param run the run's name
 * @param process as {@code pid@host}
 */
record Owner(String id, String run, String process) {
  static final String NAME = "owner.json";
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private static final int MAX_BYTES = ReadLimit.OWNER.bytes();

  static Owner of(String id, String run) {
    return new Owner(id, run, ManagementFactory.getRuntimeMXBean().getName());
  }

  /** The present owner; one whose file is not whole has an empty id. */
  static Optional<Owner> read(CheckpointStore store) throws IOException {
    Optional<byte[]> bytes = store.files().read(store.layout().owner(), MAX_BYTES);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      Owner owner = JSON.readValue(bytes.get(), Owner.class);
      return Optional.of(owner == null || owner.id == null ? new Owner("", "", "") : owner);
    } catch (JsonProcessingException e) {
      return Optional.of(new Owner("", "", ""));
    }
  }

  /** Takes the output over. */
  void write(OwnedFiles output) throws IOException {
    output.write(NAME, Content.of(JSON.writeValueAsBytes(this)));
  }

  @Override
  public String toString() {
    return id.isEmpty() ? "unknown" : "%s (run %s, process %s)".formatted(id, run, process);
  }
}
