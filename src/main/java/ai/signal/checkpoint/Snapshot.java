package ai.signal.checkpoint;

import ai.signal.storage.Content;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is saved under a step. Nothing in it may change until it is saved.
 *
 * @param step the number of optimizer steps done
 * @param facts kept in the manifest: small, numbers finite
 * @param files by name, written in this order
 */
public record Snapshot(long step, ObjectNode facts, Map<String, Content> files) {
  public Snapshot {
    if (step < 0) {
      throw new IllegalArgumentException("A checkpoint cannot be of step " + step);
    }
    facts = facts.deepCopy();
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    for (String name : files.keySet()) {
      StoredFile.requireName(name);
      for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
        if (files.containsKey(name.substring(0, slash))) {
          throw new IllegalArgumentException(
              "'%s' is a file, and a directory in '%s'".formatted(name.substring(0, slash), name));
        }
      }
    }
  }
}
