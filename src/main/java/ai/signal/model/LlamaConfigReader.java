package ai.signal.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * config.json to {@link ModelConfig}, with the defaults of transformers' LlamaConfig where it
 * leaves a key out.
 */
final class LlamaConfigReader {
  private static final String ARCHITECTURE = "LlamaForCausalLM";

  /** LlamaModel is saved without an output head, which is complete where the head is tied. */
  private static final Set<String> ARCHITECTURES = Set.of(ARCHITECTURE, "LlamaModel");

  /** Keys that mean the same for every type of rotary embeddings. */
  private static final Set<String> DEFAULT_ROPE =
      Set.of("rope_theta", "partial_rotary_factor", "original_max_position_embeddings");

  private final JsonFile config;

  private LlamaConfigReader(JsonFile config) {
    this.config = config;
  }

  static ModelConfig read(Path configJson) {
    JsonFile config = JsonFile.readSettings("model", configJson);
    try {
      return new LlamaConfigReader(config).read();
    } catch (IllegalArgumentException e) {
      throw config.refusal("is refused: " + e.getMessage());
    }
  }

  /**
   * {@code eos_token_id} of config.json or generation_config.json: a number or a list; empty when
   * the key is absent.
   */
  static Optional<List<Integer>> eosTokenIds(JsonFile file) {
    return file.value("eos_token_id")
        .map(
            node -> {
              List<Integer> ids = new ArrayList<>();
              for (JsonNode id : node.isArray() ? node : List.of(node)) {
                if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
                  throw file.wrongType("eos_token_id", node, "a token id or a list of them");
                }
                ids.add(id.intValue());
              }
              return ids;
            });
  }

  private ModelConfig read() {
    refuseOtherArchitectures();
    int hidden = config.integer("hidden_size");
    int heads = config.integer("num_attention_heads");
    Optional<JsonFile> rope = ropeParameters();
    return new ModelConfig(
        hidden,
        config.integer("intermediate_size"),
        config.integer("num_hidden_layers"),
        heads,
        config.integer("num_key_value_heads", heads),
        config.integer("head_dim", heads > 0 ? hidden / heads : 0),
        config.integer("vocab_size"),
        config.integer("max_position_embeddings", 2048),
        config.number("rms_norm_eps", 1e-6),
        ropeTheta(rope),
        rope.map(LlamaConfigReader::ropeScaling).orElse(new RopeScaling.None()),
        config.flag("tie_word_embeddings", false),
        config.flag("attention_bias", false),
        config.flag("mlp_bias", false),
        eosTokenIds(config).orElse(config.isNull("eos_token_id") ? List.of() : List.of(2)));
  }

  private void refuseOtherArchitectures() {
    String type = config.text("model_type").orElseThrow(() -> config.missing("model_type"));
    if (!type.equals("llama")) {
      throw config.refusal(
          "has model_type " + ModelFormatException.quote(type) + "; only 'llama' is supported");
    }
    config
        .value("architectures")
        .ifPresent(
            names -> {
              if (!names.isArray()
                  || names.size() != 1
                  || !ARCHITECTURES.contains(names.get(0).asText())) {
                throw config.wrongType("architectures", names, "[\"" + ARCHITECTURE + "\"]");
              }
            });
    config
        .text("hidden_act")
        .filter(activation -> !activation.equals("silu"))
        .ifPresent(
            activation -> {
              throw config.refusal(
                  "has hidden_act "
                      + ModelFormatException.quote(activation)
                      + "; only 'silu' is supported");
            });
    if (config.has("quantization_config")) {
      throw config.refusal("has 'quantization_config'; quantized weights are not supported");
    }
    refusePartialRotation(config);
  }

  private static void refusePartialRotation(JsonFile object) {
    double factor = object.number("partial_rotary_factor", 1);
    if (factor != 1) {
      throw object.refusal("has partial_rotary_factor " + factor + "; only 1 is supported");
    }
  }

  /**
   * {@code rope_scaling}, or the {@code rope_parameters} of transformers 5, which holds the base
   * too.
   */
  private Optional<JsonFile> ropeParameters() {
    Optional<JsonFile> scaling = config.object("rope_scaling");
    Optional<JsonFile> parameters = config.object("rope_parameters");
    if (scaling.isPresent()
        && parameters.isPresent()
        && !ropeScaling(scaling.get()).equals(ropeScaling(parameters.get()))) {
      throw config.refusal("has both 'rope_scaling' and 'rope_parameters', and they differ");
    }
    return parameters.or(() -> scaling);
  }

  private double ropeTheta(Optional<JsonFile> rope) {
    double outer = config.number("rope_theta", 10000);
    double theta = rope.map(inner -> inner.number("rope_theta", outer)).orElse(outer);
    if (config.has("rope_theta") && theta != outer) {
      throw config.refusal("has two values of 'rope_theta', " + outer + " and " + theta);
    }
    return theta;
  }

  private static RopeScaling ropeScaling(JsonFile rope) {
    refusePartialRotation(rope);
    String type =
        rope.text("rope_type").or(() -> rope.text("type")).orElseGet(() -> defaultType(rope));
    return switch (type) {
      case "default" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(rope.number("factor"));
      case "llama3" ->
          new RopeScaling.Llama3(
              rope.number("factor"),
              rope.number("low_freq_factor"),
              rope.number("high_freq_factor"),
              rope.integer("original_max_position_embeddings"));
      default ->
          throw rope.refusal(
              "has rope type "
                  + ModelFormatException.quote(type)
                  + "; supported are 'default', 'linear' and 'llama3'");
    };
  }

  /**
   * The type of an object that names none: {@code default}, as in transformers. Transformers 5 also
   * ignores a factor there, and 4.56 fails on it; here it is refused, since it asks for a stretched
   * context without saying how.
   */
  private static String defaultType(JsonFile rope) {
    for (Iterator<String> keys = rope.keys(); keys.hasNext(); ) {
      String key = keys.next();
      if (!DEFAULT_ROPE.contains(key) && rope.has(key)) {
        throw rope.missing("rope_type");
      }
    }
    return "default";
  }
}
