package ai.signal.job;

import ai.signal.spec.SpecTree;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What makes two jobs the same: every resolved value but where the output goes, on which executors
 * it may be computed, and when it is saved.
 */
final class SpecDigest {
  private SpecDigest() {}

  /** SHA-256 of the resolved spec as JSON, in hexadecimal. */
  static String of(JobSpec spec) {
    ObjectNode tree = tree(spec);
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha.digest(tree.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JVM has SHA-256", e);
    }
  }

  /** What is digested. */
  static ObjectNode tree(JobSpec spec) {
    ObjectNode tree = SpecTree.of(spec);
    tree.remove("output");
    tree.withObject("/cluster").remove("allow_mixed");
    tree.path("stages").forEach(stage -> stage.forEach(SpecDigest::withoutCheckpoints));
    return tree;
  }

  private static void withoutCheckpoints(JsonNode keys) {
    ((ObjectNode) keys).remove("checkpoint");
  }
}
