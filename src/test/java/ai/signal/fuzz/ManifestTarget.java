package ai.signal.fuzz;

import ai.signal.checkpoint.ManifestUse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A checkpoint's manifest, sealed again after the change in half of the mutants. */
record ManifestTarget() implements Target {
  private static final String FILE = "manifest.json";
  private static final byte[] SOUND = ManifestUse.sound();
  private static final JsonNode TREE = tree();

  private static final List<String> VALUES =
      List.of(
          "\"../x\"",
          "\"a/../b\"",
          "\"0123456789abcdef-2\"",
          "{\"name\":\"a\",\"size\":1,\"sha256\":\"\"}",
          "{\"name\":\"\\ud800\",\"size\":1,\"sha256\":\"" + "0".repeat(64) + "\"}",
          "{\"id\":1}");

  private static JsonNode tree() {
    ObjectNode tree =
        (ObjectNode) JsonMutator.parse(new String(SOUND, StandardCharsets.UTF_8)).deepCopy();
    tree.remove("sha256");
    return tree;
  }

  @Override
  public String name() {
    return "manifest";
  }

  @Override
  public int count() {
    return 500;
  }

  @Override
  public int smallCount() {
    return 30;
  }

  @Override
  public Map<String, byte[]> mutant(SplittableRandom random) {
    if (random.nextInt(6) == 0) {
      return Map.of(FILE, Mutations.bytes(SOUND, random));
    }
    byte[] json = JsonMutator.bytes(TREE, VALUES, random);
    if (json.length > 0 && json[json.length - 1] == '}') {
      json = java.util.Arrays.copyOf(json, json.length - 1);
    }
    return Map.of(FILE, ManifestUse.sealed(json));
  }

  @Override
  public void use(Path directory) throws IOException {
    ManifestUse.read(Files.readAllBytes(directory.resolve(FILE)));
  }
}
