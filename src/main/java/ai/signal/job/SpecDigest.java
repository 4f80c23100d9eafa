package ai.signal.job;

import ai.signal.spec.SpecTree;
import ai.signal.storage.Sha256;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What makes two jobs the same: every resolved value but where the output goes, on which executors
 * it may be computed, and when it is saved.
 */
final class SpecDigest {
  private static final String STAGES = "stages";

  /** The keys of prompts that an earlier version did not have, with their defaults. */
  private static final Map<String, String> PROMPTS =
      Map.of(
          "table", "null",
          "source", "auto",
          "format", "auto",
          "fields", "{}",
          "key", "null",
          "filter", "null",
          "deduplicate", "false",
          "on_bad_record", "fail",
          "on_long", "skip");

  private SpecDigest() {}

  /** SHA-256 of what all stages share, in hexadecimal: the base model, the adapter, the lanes. */
  static String ofRun(JobSpec spec) {
    return digest(tree(spec, -1));
  }

  /** SHA-256 of what decides the numbers of a stage: what all share, and the stages up to it. */
  static String upTo(JobSpec spec, int stage) {
    return digest(tree(spec, stage));
  }

  private static String digest(ObjectNode tree) {
    return Sha256.of(tree.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** What is digested, with all stages. */
  static ObjectNode tree(JobSpec spec) {
    return tree(spec, spec.stages().size() - 1);
  }

  /** What is digested, with the stages up to one. */
  static ObjectNode tree(JobSpec spec, int stage) {
    ObjectNode tree = SpecTree.of(spec);
    tree.remove("output");
    tree.withObject("/cluster").remove("allow_mixed");
    ArrayNode stages = (ArrayNode) tree.path(STAGES);
    while (stages.size() > stage + 1) {
      stages.remove(stages.size() - 1);
    }
    stages.forEach(each -> each.forEach(SpecDigest::withoutCheckpoints));
    stages.forEach(each -> each.forEach(SpecDigest::withoutDefaults));
    // The run takes these from the first stage that trains, whichever stage computes.
    TrainStage training = TrainStage.firstOf(spec);
    tree.put("tokens_per_microbatch", training.tokensPerMicrobatch());
    tree.put("activation_checkpointing", training.activationCheckpointing());
    return tree;
  }

  private static void withoutDefaults(JsonNode keys, Map<String, String> defaults) {
    defaults.forEach(
        (key, value) -> {
          if (keys instanceof ObjectNode object
              && keys.path(key).toString().replace("\"", "").equals(value)) {
            object.remove(key);
          }
        });
  }

  private static void withoutCheckpoints(JsonNode keys) {
    ((ObjectNode) keys).remove("checkpoint");
  }

  /**
   * Keys newer than the output's format: where unset, the digest is that of a spec without them.
   */
  private static void withoutDefaults(JsonNode keys) {
    if (keys.path("loss") instanceof ObjectNode loss && loss.path("reference").isNull()) {
      loss.remove("reference");
    }
    withoutDefaults(keys.path("data"), Map.of("on_long", "truncate"));
    withoutDefaults(keys.path("evaluate").path("data"), Map.of("on_long", "truncate"));
    withoutDefaults(keys.path("prompts"), PROMPTS);
  }
}
