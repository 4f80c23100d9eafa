package ai.signal.lora;

import ai.signal.model.JsonFile;
import ai.signal.model.ModelConfig;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The modules of an adapter_config.json that have another rank or alpha than the others ({@code
 * rank_pattern}, {@code alpha_pattern}) or no adapter while others of their kind have one.
 */
final class PeftRanks {
  private static final String RANKS = "rank_pattern";
  private static final String ALPHAS = "alpha_pattern";

  private PeftRanks() {}

  /** The exceptions among a model's layers. */
  static Map<String, ModuleRank> read(
      JsonFile json, ModelConfig model, List<LinearLayer> adapted, ModuleRank usual) {
    List<Entry> ranks = entries(json, RANKS);
    List<Entry> alphas = entries(json, ALPHAS);
    Set<String> kinds = new HashSet<>(adapted.stream().map(LinearLayer::target).toList());
    Map<String, ModuleRank> exceptions = new HashMap<>();
    for (LinearLayer layer : LinearLayer.all(model)) {
      if (!adapted.contains(layer)) {
        if (kinds.contains(layer.target())) {
          exceptions.put(layer.module(), new ModuleRank(0, usual.alpha()));
        }
        continue;
      }
      int rank = find(ranks, layer).map(node -> rank(json, node)).orElse(usual.rank());
      double alpha = find(alphas, layer).map(node -> alpha(json, node)).orElse(usual.alpha());
      if (rank != usual.rank() || alpha != usual.alpha()) {
        exceptions.put(layer.module(), new ModuleRank(rank, alpha));
      }
    }
    return exceptions;
  }

  private record Entry(PythonPattern pattern, JsonNode value) {}

  /** As PEFT's {@code get_pattern_key}: a key stands for names that end in it, after a dot. */
  private static List<Entry> entries(JsonFile json, String key) {
    List<Entry> entries = new ArrayList<>();
    Optional<JsonFile> patterns = json.object(key);
    if (patterns.isPresent()) {
      for (Iterator<String> keys = patterns.get().keys(); keys.hasNext(); ) {
        String name = keys.next();
        patterns
            .get()
            .value(name)
            .ifPresent(
                value ->
                    entries.add(
                        new Entry(PythonPattern.of(json, key, "(.*\\.)?(", name, ")$"), value)));
      }
    }
    return entries;
  }

  /** The first that matches, in the order of the file. */
  private static Optional<JsonNode> find(List<Entry> entries, LinearLayer layer) {
    return entries.stream()
        .filter(entry -> entry.pattern.group(layer.module(), 0) != null)
        .map(Entry::value)
        .findFirst();
  }

  private static int rank(JsonFile json, JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
      throw json.wrongType(RANKS, value, "a positive integer for each module");
    }
    return value.intValue();
  }

  private static double alpha(JsonFile json, JsonNode value) {
    if (!value.isNumber() || !(value.doubleValue() > 0)) {
      throw json.wrongType(ALPHAS, value, "a positive number for each module");
    }
    return value.doubleValue();
  }
}
