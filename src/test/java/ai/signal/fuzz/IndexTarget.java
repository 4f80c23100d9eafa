package ai.signal.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The index of a model's shards. */
record IndexTarget() implements Target {
  private static final String FILE = "model.safetensors.index.json";

  private static final List<String> VALUES =
      List.of(
          "\"model-00001-of-00006.safetensors\"",
          "\"model-00006-of-00006.safetensors\"",
          "\"model-00007-of-00006.safetensors\"",
          "\".safetensors\"",
          "\"..safetensors\"",
          "\"..\\\\x.safetensors\"",
          "\"/etc/x.safetensors\"",
          "\"\\udfff.safetensors\"",
          "\"\\u0000.safetensors\"",
          "\"a\\nb.safetensors\"",
          "\"" + "\\u00e9".repeat(200) + ".safetensors\"",
          "\"CON.safetensors\"",
          "\"config.json\"",
          "\"model.safetensors.index.json\"");

  @Override
  public String name() {
    return "index";
  }

  @Override
  public int count() {
    return 1500;
  }

  @Override
  public int smallCount() {
    return 40;
  }

  @Override
  public Map<String, byte[]> mutant(SplittableRandom random) throws IOException {
    Map<String, byte[]> files = Seeds.model(Seeds.SHARDED);
    Path seed = Seeds.GOLDENS.resolve(Seeds.SHARDED).resolve("model").resolve(FILE);
    files.put(FILE, JsonMutator.bytes(Seeds.json(seed), VALUES, random));
    return files;
  }

  @Override
  public void use(Path directory) {
    ModelUse.weights(directory);
  }
}
