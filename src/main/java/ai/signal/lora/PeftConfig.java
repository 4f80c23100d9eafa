package ai.signal.lora;

import ai.signal.model.JsonFile;
import ai.signal.model.ModelConfig;
import ai.signal.model.ModelFormatException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** PEFT's adapter_config.json, with the keys and in the form that PEFT 0.17 writes them. */
final class PeftConfig {
  static final String FILE = "adapter_config.json";

  /** Read below. */
  private static final Set<String> READ =
      Set.of(
          "peft_type",
          "task_type",
          "r",
          "lora_alpha",
          "lora_dropout",
          "target_modules",
          "exclude_modules",
          "layers_to_transform",
          "layers_pattern",
          "rank_pattern",
          "alpha_pattern",
          "bias",
          "init_lora_weights",
          "use_rslora",
          "use_dora",
          "modules_to_save");

  /** Without effect on what a trained adapter computes. */
  private static final Set<String> NEUTRAL =
      Set.of(
          "auto_mapping",
          "base_model_name_or_path",
          "eva_config", // how A began
          "inference_mode",
          "megatron_core",
          "peft_version",
          "qalora_group_size",
          "revision");

  /** Initialisations that leave the base model's weights as they are. */
  private static final Set<String> PLAIN_INIT = Set.of("gaussian", "eva", "orthogonal");

  private static final String CAUSAL_LM = "CAUSAL_LM";
  private static final String SEQ_CLS = "SEQ_CLS";
  private static final String CLASSIFIER = "classifier";

  private static final JsonMapper ASCII =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private PeftConfig() {}

  static LoraConfig read(Path file, ModelConfig model) {
    JsonFile json = JsonFile.readSettings(PeftAdapter.WHAT, file);
    requireText(json, "peft_type", Set.of("LORA"), "");
    requireText(json, "task_type", new TreeSet<>(Set.of(CAUSAL_LM, SEQ_CLS)), CAUSAL_LM);
    requireText(json, "bias", Set.of("none"), "none");
    requirePlainInit(json);
    for (Iterator<String> keys = json.keys(); keys.hasNext(); ) {
      String key = keys.next();
      if (!READ.contains(key)
          && !NEUTRAL.contains(key)
          && json.value(key).filter(PeftConfig::isSet).isPresent()) {
        throw json.refusal(
            "sets "
                + ModelFormatException.quote(key)
                + " to "
                + ModelFormatException.quote(json.value(key).orElseThrow().toString())
                + ", which is not supported");
      }
    }
    try {
      List<LinearLayer> adapted = PeftTargets.read(json, model);
      LoraConfig lora =
          new LoraConfig(
              json.integer("r"),
              json.number("lora_alpha"),
              json.number("lora_dropout", 0),
              adapted.stream().map(LinearLayer::target).distinct().toList(),
              json.flag("use_rslora", false),
              json.flag("use_dora", false),
              modulesToSave(json));
      ModuleRank usual = new ModuleRank(lora.rank(), lora.alpha());
      return lora.withExceptions(PeftRanks.read(json, model, adapted, usual));
    } catch (IllegalArgumentException e) {
      throw json.refusal("is refused: " + e.getMessage());
    }
  }

  /**
   * The text of the file.
   *
   * @param modules full names of the linear layers that have an adapter
   */
  static String toJson(LoraConfig config, List<String> modules, String base) {
    boolean partly = config.exceptions().values().stream().anyMatch(module -> module.rank() == 0);
    String targets =
        (partly ? modules : config.targets())
            .stream().sorted().map(PeftConfig::quote).collect(Collectors.joining(",\n    "));
    return """
    {
      "alpha_pattern": %s,
      "auto_mapping": null,
      "base_model_name_or_path": %s,
      "bias": "none",
      "corda_config": null,
      "eva_config": null,
      "exclude_modules": null,
      "fan_in_fan_out": false,
      "inference_mode": true,
      "init_lora_weights": true,
      "layer_replication": null,
      "layers_pattern": null,
      "layers_to_transform": null,
      "loftq_config": {},
      "lora_alpha": %s,
      "lora_bias": false,
      "lora_dropout": %s,
      "megatron_config": null,
      "megatron_core": "megatron.core",
      "modules_to_save": %s,
      "peft_type": "LORA",
      "qalora_group_size": 16,
      "r": %d,
      "rank_pattern": %s,
      "revision": null,
      "target_modules": [
        %s
      ],
      "target_parameters": null,
      "task_type": "%s",
      "trainable_token_indices": null,
      "use_dora": %b,
      "use_qalora": false,
      "use_rslora": %b
    }"""
        .formatted(
            pattern(config, ModuleRank::alpha, config.alpha()),
            quote(base),
            number(config.alpha()),
            config.dropout(),
            modules(config),
            config.rank(),
            pattern(config, module -> (double) module.rank(), config.rank()),
            targets,
            config.trains(LoraConfig.SCORE) ? SEQ_CLS : CAUSAL_LM,
            config.dora(),
            config.rslora());
  }

  /** A JSON object of the modules whose number is not the usual one. */
  private static String pattern(
      LoraConfig config, ToDoubleFunction<ModuleRank> number, double usual) {
    String entries =
        config.exceptions().entrySet().stream()
            .filter(module -> module.getValue().rank() > 0)
            .filter(module -> number.applyAsDouble(module.getValue()) != usual)
            .map(
                module ->
                    quote(module.getKey()) + ": " + number(number.applyAsDouble(module.getValue())))
            .collect(Collectors.joining(",\n    "));
    return entries.isEmpty() ? "{}" : "{\n    " + entries + "\n  }";
  }

  /** PEFT adds both names that transformers has for the head of a SEQ_CLS model. */
  private static List<String> modulesToSave(JsonFile json) {
    JsonNode value = json.value("modules_to_save").orElse(MissingNode.getInstance());
    boolean classifier = json.text("task_type").orElse(CAUSAL_LM).equals(SEQ_CLS);
    if (!value.isMissingNode() && !value.isArray()) {
      throw json.wrongType("modules_to_save", value, "a list of module names");
    }
    List<String> modules = new ArrayList<>();
    for (JsonNode name : value) {
      if (!(classifier && name.asText().equals(CLASSIFIER)) && !modules.contains(name.asText())) {
        modules.add(name.asText());
      }
    }
    if (classifier != modules.contains(LoraConfig.SCORE)) {
      throw json.refusal(
          "has task_type %s and modules_to_save %s; a score head is one of SEQ_CLS, which has no other"
              .formatted(json.text("task_type").orElse(CAUSAL_LM), modules));
    }
    return modules;
  }

  /** As a JSON list, or null. */
  private static String modules(LoraConfig config) {
    if (config.modulesToSave().isEmpty()) {
      return "null";
    }
    List<String> names = new ArrayList<>(config.modulesToSave());
    if (config.trains(LoraConfig.SCORE)) {
      names.add(names.indexOf(LoraConfig.SCORE), CLASSIFIER);
    }
    return names.stream()
        .map(PeftConfig::quote)
        .collect(Collectors.joining(",\n    ", "[\n    ", "\n  ]"));
  }

  private static void requireText(JsonFile json, String key, Set<String> allowed, String absent) {
    String value = json.text(key).orElse(absent);
    if (!allowed.contains(value)) {
      throw json.refusal(
          "has "
              + key
              + " "
              + ModelFormatException.quote(value)
              + "; only "
              + String.join(", ", allowed)
              + " is supported");
    }
  }

  /**
   * Other initialisations (PiSSA, OLoRA, CorDA, LoftQ) change the base weights too, which the
   * adapter alone does not tell. PEFT writes {@code true} where it has converted such an adapter.
   */
  private static void requirePlainInit(JsonFile json) {
    json.value("init_lora_weights")
        .filter(init -> !init.isBoolean() && !PLAIN_INIT.contains(init.asText()))
        .ifPresent(
            init -> {
              throw json.wrongType(
                  "init_lora_weights",
                  init,
                  "true, false, \"gaussian\", \"eva\" or \"orthogonal\": others change the base model's weights too; convert the adapter with PEFT's"
                      + " save_pretrained(directory, path_initial_model_for_weight_conversion=...)");
            });
  }

  /** Everything that Python would call true. */
  private static boolean isSet(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> value.booleanValue();
      case NUMBER -> value.doubleValue() != 0;
      case STRING -> !value.textValue().isEmpty();
      case ARRAY, OBJECT -> !value.isEmpty();
      default -> false;
    };
  }

  private static String number(double value) {
    return value == Math.rint(value) && value < Integer.MAX_VALUE
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }

  private static String quote(String text) {
    try {
      return ASCII.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a string always has a JSON form", e);
    }
  }
}
