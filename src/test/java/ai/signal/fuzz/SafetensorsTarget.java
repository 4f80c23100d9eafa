package ai.signal.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A model's weights: header, offsets, types, names and values. */
record SafetensorsTarget() implements Target {
  @Override
  public String name() {
    return "safetensors";
  }

  @Override
  public int count() {
    return 3000;
  }

  @Override
  public int smallCount() {
    return 80;
  }

  @Override
  public Map<String, byte[]> mutant(SplittableRandom random) throws IOException {
    Map<String, byte[]> files = Seeds.model(Mutations.pick(random, Seeds.MODELS));
    List<String> weights =
        files.keySet().stream().filter(name -> name.endsWith(".safetensors")).toList();
    files.computeIfPresent(
        Mutations.pick(random, weights), (name, content) -> Header.mutate(content, random));
    return files;
  }

  @Override
  public void use(Path directory) {
    ModelUse.weights(directory);
  }
}
