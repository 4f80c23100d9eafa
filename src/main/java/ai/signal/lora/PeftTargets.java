package ai.signal.lora;

import ai.signal.model.JsonFile;
import ai.signal.model.ModelConfig;
import ai.signal.model.ModelFormatException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * PEFT's {@code target_modules}: each name stands for the layers whose full name is it or ends in a
 * dot and it. PEFT writes short names or, after {@code all-linear} on a small model, one full name
 * per layer.
 */
final class PeftTargets {
  private PeftTargets() {}

  static List<String> read(JsonFile json, ModelConfig model) {
    JsonNode value = json.value("target_modules").orElseThrow(() -> json.missing("target_modules"));
    if (value.isTextual() && value.textValue().equals("all-linear")) {
      return List.of("all-linear");
    }
    if (!value.isArray()) {
      throw json.wrongType("target_modules", value, "a list of module names or \"all-linear\"");
    }
    List<LinearLayer> targeted = new ArrayList<>();
    for (JsonNode name : value) {
      List<LinearLayer> matches =
          LinearLayer.all(model).stream().filter(layer -> matches(layer, name.asText())).toList();
      if (matches.isEmpty()) {
        throw json.refusal(
            "has "
                + ModelFormatException.quote(name.asText())
                + " in 'target_modules', which is no linear layer of the base model");
      }
      targeted.addAll(matches);
    }
    requireEveryLayer(json, targeted, model);
    return targeted.stream().map(LinearLayer::target).distinct().toList();
  }

  private static void requireEveryLayer(
      JsonFile json, List<LinearLayer> targeted, ModelConfig model) {
    Map<String, Long> counts =
        targeted.stream()
            .distinct()
            .collect(Collectors.groupingBy(LinearLayer::target, Collectors.counting()));
    counts.forEach(
        (target, count) -> {
          if (count != model.layers() && !target.equals(LoraConfig.HEAD)) {
            throw json.refusal(
                "targets "
                    + target
                    + " in "
                    + count
                    + " of "
                    + model.layers()
                    + " layers; only all or none are supported");
          }
        });
  }

  private static boolean matches(LinearLayer layer, String name) {
    return layer.module().equals(name) || layer.module().endsWith("." + name);
  }
}
