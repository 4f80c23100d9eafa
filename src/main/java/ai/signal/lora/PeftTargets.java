package ai.signal.lora;

import ai.signal.model.JsonFile;
import ai.signal.model.ModelConfig;
import ai.signal.model.ModelFormatException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/**
 * The linear layers that an adapter_config.json adapts: {@code target_modules}, less {@code
 * exclude_modules}, of the layers of {@code layers_to_transform}. The rules are those of PEFT
 * 0.17's {@code check_target_module_exists}: a name stands for the layers whose full name is it or
 * ends in a dot and it, a string is a regular expression for the full name. PEFT writes short names
 * or, after {@code all-linear} on a small model, one full name per layer.
 */
final class PeftTargets {
  private static final String TARGETS = "target_modules";
  private static final String EXCLUDED = "exclude_modules";
  private static final String LAYERS = "layers_to_transform";
  private static final String PATTERN = "layers_pattern";
  private static final String ALL_LINEAR = "all-linear";

  private final JsonFile json;

  private PeftTargets(JsonFile json) {
    this.json = json;
  }

  /**
   * The layers, in the order of the model.
   *
   * @throws ModelFormatException when there are none, or a name in a list stands for none
   */
  static List<LinearLayer> read(JsonFile json, ModelConfig model) {
    List<LinearLayer> layers = new PeftTargets(json).read(model);
    if (layers.isEmpty()) {
      throw json.refusal("adapts no linear layer of the base model");
    }
    return layers;
  }

  private List<LinearLayer> read(ModelConfig model) {
    JsonNode value = json.value(TARGETS).orElseThrow(() -> json.missing(TARGETS));
    List<LinearLayer> all = LinearLayer.all(model);
    Predicate<LinearLayer> excluded = excluded();
    Predicate<LinearLayer> targeted;
    if (value.isTextual()) {
      if (json.has(LAYERS) || find(PATTERN).isPresent()) {
        throw json.refusal(
            "sets '%s' or '%s', which need a list in '%s'".formatted(LAYERS, PATTERN, TARGETS));
      }
      targeted = targeted(value.textValue());
    } else if (value.isArray()) {
      targeted = targeted(names(TARGETS, value), all);
    } else {
      throw json.wrongType(
          TARGETS, value, "a list of module names, a regular expression or \"all-linear\"");
    }
    return all.stream()
        .filter(targeted)
        .filter(excluded.negate())
        .filter(layer -> !isSavedWhole(layer))
        .toList();
  }

  /** PEFT adapts no module that it trains whole. */
  private boolean isSavedWhole(LinearLayer layer) {
    return json.value("modules_to_save")
        .map(modules -> names("modules_to_save", modules).contains(layer.target()))
        .orElse(false);
  }

  private Predicate<LinearLayer> targeted(String pattern) {
    if (pattern.equals(ALL_LINEAR)) {
      return layer -> !layer.target().equals(LoraConfig.HEAD);
    }
    PythonPattern regex = PythonPattern.of(json, TARGETS, "", pattern, "");
    return layer -> regex.matchesAll(layer.module());
  }

  private Predicate<LinearLayer> targeted(List<String> names, List<LinearLayer> all) {
    for (String name : names) {
      if (all.stream().noneMatch(layer -> isNamed(layer, name))) {
        throw json.refusal(
            "has "
                + ModelFormatException.quote(name)
                + " in '"
                + TARGETS
                + "', which is no linear layer of the base model");
      }
    }
    Predicate<LinearLayer> chosen = ofLayers();
    return layer ->
        names.contains(layer.module()) // a full name is taken whatever its layer
            || (names.stream().anyMatch(name -> isNamed(layer, name)) && chosen.test(layer));
  }

  private Predicate<LinearLayer> excluded() {
    Optional<JsonNode> value = find(EXCLUDED);
    if (value.isEmpty()) {
      return layer -> false;
    }
    if (value.get().isTextual()) {
      PythonPattern regex = PythonPattern.of(json, EXCLUDED, "", value.get().textValue(), "");
      return layer -> regex.matchesAll(layer.module());
    }
    List<String> names = names(EXCLUDED, value.get());
    return layer -> names.stream().anyMatch(name -> isNamed(layer, name));
  }

  /** Whether a layer's number is one of those to transform; all are where the file names none. */
  private Predicate<LinearLayer> ofLayers() {
    Optional<JsonNode> value = json.value(LAYERS);
    if (value.isEmpty()) {
      if (find(PATTERN).isPresent()) {
        throw json.refusal("sets '%s', which needs '%s'".formatted(PATTERN, LAYERS));
      }
      return layer -> true;
    }
    List<String> numbers = new ArrayList<>();
    for (JsonNode number : value.get().isArray() ? value.get() : List.of(value.get())) {
      if (!number.isIntegralNumber()) {
        throw json.wrongType(LAYERS, value.get(), "a layer's number or a list of them");
      }
      numbers.add(number.bigIntegerValue().toString());
    }
    if (numbers.isEmpty()) {
      return layer -> true;
    }
    List<PythonPattern> lists = lists();
    return layer ->
        lists.stream()
            .map(list -> list.group(layer.module(), 1))
            .filter(number -> number != null)
            .findFirst()
            .filter(numbers::contains)
            .isPresent();
  }

  /** Patterns with a layer's number as their first group. */
  private List<PythonPattern> lists() {
    Optional<JsonNode> value = find(PATTERN);
    if (value.isEmpty()) {
      return List.of(PythonPattern.of(json, PATTERN, ".*\\.[^.]*\\.(\\d+)\\.", "", ""));
    }
    JsonNode patterns = value.get();
    List<String> names =
        patterns.isTextual() ? List.of(patterns.textValue()) : names(PATTERN, patterns);
    return names.stream()
        .map(name -> PythonPattern.of(json, PATTERN, ".*\\.", name, "\\.(\\d+)\\."))
        .toList();
  }

  /** A value that Python calls true. */
  private Optional<JsonNode> find(String key) {
    return json.value(key)
        .filter(node -> node.isTextual() ? !node.textValue().isEmpty() : !node.isEmpty());
  }

  private List<String> names(String key, JsonNode value) {
    if (!value.isArray()) {
      throw json.wrongType(key, value, "a list of names or a regular expression");
    }
    return StreamSupport.stream(value.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static boolean isNamed(LinearLayer layer, String name) {
    return layer.module().equals(name) || layer.module().endsWith("." + name);
  }
}
