package ai.signal.goldens;

import ai.signal.lora.LoraConfig;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What transformers and PEFT computed for one small model: a folder that src/goldens wrote.
 *
 * @param loss mean nats per weighted token over all sequences
 * @param lossAutocast the same under autocast to bfloat16, or null
 * @param lossDropout sum over the first sequence with weights of 1 under dropout, or null
 */
@SuppressWarnings("ArrayRecordComponent") // golden values that only tests read
record GoldenCase(
    Path folder,
    double loss,
    Double lossAutocast,
    Double lossDropout,
    float[] inverseFrequencies,
    List<Sequence> sequences,
    Optimizer optimizer,
    List<Step> steps,
    List<Generation> generations) {
  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  private static final Path ROOT = Path.of("src", "test", "resources", "goldens");

  /** {@code tokens[i]} predicts {@code targets[i]}, with weight {@code weights[i]}. */
  record Sequence(int[] tokens, int[] targets, float[] weights) {
    double denominator() {
      double sum = 0;
      for (float weight : weights) {
        sum += weight;
      }
      return sum;
    }
  }

  /** Settings of AdamW. */
  record Optimizer(double beta1, double beta2, double eps, double weightDecay, double gradClip) {}

  /**
   * A step of AdamW.
   *
   * @param sequences indices of those in the batch
   * @param gradNorm of the mean gradient, before clipping
   */
  record Step(int[] sequences, double learningRate, double loss, double gradNorm) {}

  /** A greedy continuation. */
  record Generation(int[] prompt, int[] tokens, float[] logprobs) {}

  static Stream<GoldenCase> all() {
    try (Stream<Path> folders = Files.list(ROOT)) {
      return folders.sorted().map(GoldenCase::read).toList().stream();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read goldens: " + ROOT, e);
    }
  }

  /** Those that hold what PEFT computes under autocast. */
  static Stream<GoldenCase> ofAutocast() {
    return all().filter(golden -> golden.lossAutocast != null);
  }

  static GoldenCase named(String name) {
    return read(ROOT.resolve(name));
  }

  Path model() {
    return folder.resolve("model");
  }

  Path adapter() {
    return folder.resolve("adapter");
  }

  /** The adapter's tensors by PEFT's names. */
  Map<String, float[]> adapterTensors() {
    return tensors("adapter/adapter_model.safetensors");
  }

  Map<String, float[]> tensors(String file) {
    return GoldenTensors.read(folder.resolve(file));
  }

  /** Sum of all weights. */
  double denominator() {
    return sequences.stream().mapToDouble(Sequence::denominator).sum();
  }

  /** Log-probability of every target, sequence after sequence. */
  float[] logprobs() {
    return tensors("logprobs.safetensors").get("logprobs");
  }

  LoraConfig lora() {
    JsonNode config = json(adapter().resolve("adapter_config.json"));
    List<String> targets = new ArrayList<>();
    config.get("target_modules").forEach(target -> targets.add(target.asText()));
    List<String> modules = new ArrayList<>();
    config.get("modules_to_save").forEach(module -> modules.add(module.asText()));
    return new LoraConfig(
        config.get("r").asInt(),
        config.get("lora_alpha").asDouble(),
        0,
        targets,
        config.get("use_rslora").asBoolean(),
        config.get("use_dora").asBoolean(),
        modules);
  }

  private static GoldenCase read(Path folder) {
    try {
      ObjectNode notes = (ObjectNode) json(folder.resolve("case.json"));
      return JSON.treeToValue(notes.put("folder", folder.toString()), GoldenCase.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read goldens: " + folder, e);
    }
  }

  private static JsonNode json(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read goldens: " + file, e);
    }
  }

  /** The name of a test. */
  @Override
  public String toString() {
    return folder.getFileName().toString();
  }
}
