package ai.signal.checkpoint;

import ai.signal.storage.Sha256;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Reads manifests as the checkpoint store does. */
public final class ManifestUse {
  private ManifestUse() {}

  /** A manifest as it is written. */
  public static byte[] sound() {
    return ManifestJson.write(
        new Manifest(
            Manifest.FORMAT_VERSION,
            50,
            "0123456789abcdef-1",
            new RunIdentity("run", "demo", "base", "digest", Map.of("pytorch", "2.7.1")),
            JsonNodeFactory.instance.objectNode().put("seed", 7).put("learning_rate", 1e-3),
            List.of(
                new StoredFile("adapter.f32", 4096, "0".repeat(64)),
                new StoredFile("optimizer/state.f32", 8192, "f".repeat(64)))));
  }

  /** The bytes with the SHA-256 that a reader expects of them. */
  public static byte[] sealed(byte[] manifest) {
    String text = new String(manifest, StandardCharsets.UTF_8);
    int seal = text.lastIndexOf(",\n  \"sha256\"");
    String body = seal < 0 ? text : text.substring(0, seal);
    String sum = Sha256.of(body.getBytes(StandardCharsets.UTF_8));
    return (body + ",\n  \"sha256\" : \"" + sum + "\"\n}\n").getBytes(StandardCharsets.UTF_8);
  }

  public static void read(byte[] manifest) {
    ManifestJson.read(manifest, 50, "checkpoints/step-00000050");
  }
}
