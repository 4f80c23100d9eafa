package ai.signal.client;

import ai.signal.lora.LoraConfig;
import ai.signal.lora.ModuleRank;
import ai.signal.spec.KeyHints;
import ai.signal.spec.LoraSpec;
import ai.signal.spec.RecordBinder;
import ai.signal.spec.SpecTree;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.TreeMap;

/** An adapter's settings as JSON, in checkpoints and in what is known of a run. */
final class LoraSettings {
  private static final String EXCEPTIONS = "exceptions";

  private LoraSettings() {}

  /** The keys of {@code lora} in a spec; {@code exceptions} only where there are any. */
  static ObjectNode write(LoraConfig lora) {
    ObjectNode tree = SpecTree.of(lora);
    if (lora.exceptions().isEmpty()) {
      tree.remove(EXCEPTIONS);
    }
    return tree;
  }

  static LoraConfig read(JsonNode settings) {
    RecordBinder binder = new RecordBinder(KeyHints.NONE);
    JsonNode spec = settings.deepCopy();
    TreeMap<String, ModuleRank> exceptions = new TreeMap<>();
    if (spec instanceof ObjectNode object && object.has(EXCEPTIONS)) {
      object
          .remove(EXCEPTIONS)
          .fields()
          .forEachRemaining(
              module ->
                  exceptions.put(
                      module.getKey(),
                      binder.bind(
                          ModuleRank.class,
                          module.getValue(),
                          EXCEPTIONS + "." + module.getKey())));
    }
    return binder.bind(LoraSpec.class, spec, "lora").config().withExceptions(exceptions);
  }
}
