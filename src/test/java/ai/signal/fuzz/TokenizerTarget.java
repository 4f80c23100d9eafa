package ai.signal.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** tokenizer.json: any component in any place, alone, in a sequence and mutated. */
record TokenizerTarget() implements Target {
  private static final Path PARTS = Seeds.RESOURCES.resolve("fuzz").resolve("tokenizer-parts.json");

  private static final List<Path> WHOLE =
      List.of(
          Path.of("src/main/resources/ai/signal/models/tiny/tokenizer.json"),
          Seeds.GOLDENS.resolve("gqa/model/tokenizer.json"));

  /** Where a component stands, and how a sequence of its kind lists its parts. */
  private static final Map<String, String> COMPONENTS =
      Map.of(
          "normalizer", "normalizers",
          "pre_tokenizer", "pretokenizers",
          "post_processor", "processors",
          "decoder", "decoders");

  private static final List<String> KEYS =
      List.of(
          "truncation",
          "padding",
          "added_tokens",
          "normalizer",
          "pre_tokenizer",
          "post_processor",
          "decoder",
          "model");

  @Override
  public String name() {
    return "tokenizer";
  }

  @Override
  public int count() {
    return 3500;
  }

  @Override
  public int smallCount() {
    return 100;
  }

  @Override
  public Map<String, byte[]> mutant(SplittableRandom random) throws IOException {
    ObjectNode tokenizer = random.nextInt(4) == 0 ? whole(random) : composed(random);
    for (int swaps = random.nextInt(3); swaps > 0; swaps--) {
      String key = Mutations.pick(random, KEYS);
      tokenizer.set(key, part(key, random));
    }
    List<String> values = new ArrayList<>();
    Seeds.json(PARTS).get("values").forEach(value -> values.add(value.textValue()));
    Map<String, byte[]> files = Seeds.model("gqa");
    files.put(
        "tokenizer.json",
        random.nextInt(3) == 0
            ? tokenizer.toString().getBytes(StandardCharsets.UTF_8)
            : JsonMutator.bytes(tokenizer, values, random));
    return files;
  }

  private static ObjectNode whole(SplittableRandom random) {
    return Seeds.json(Mutations.pick(random, WHOLE)).deepCopy();
  }

  private static ObjectNode composed(SplittableRandom random) {
    ObjectNode tokenizer = JsonNodeFactory.instance.objectNode().put("version", "1.0");
    for (String key : KEYS) {
      boolean usual = List.of("truncation", "padding", "added_tokens").contains(key);
      tokenizer.set(key, usual ? Seeds.json(PARTS).get(key).get(0) : part(key, random));
    }
    return tokenizer;
  }

  private static JsonNode part(String key, SplittableRandom random) {
    JsonNode parts = Seeds.json(PARTS).get(key);
    JsonNode part = parts.get(random.nextInt(parts.size())).deepCopy();
    if (COMPONENTS.containsKey(key) && random.nextInt(4) == 0) {
      ObjectNode sequence = JsonNodeFactory.instance.objectNode().put("type", "Sequence");
      sequence.putArray(COMPONENTS.get(key)).add(part).add(part(key, random));
      return sequence;
    }
    return part;
  }

  @Override
  public void use(Path directory) {
    ModelUse.tokenizer(directory);
  }
}
