package ai.signal.lora;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Which adapters vLLM serves beside their base model. Its rules as of vLLM 0.11.0: {@code
 * PEFTHelper._validate_features} and {@code validate_legal} (vllm/lora/peft_helper.py), the values
 * of {@code max_lora_rank} (vllm/config/lora.py), the names that {@code parse_fine_tuned_lora_name}
 * takes (vllm/lora/utils.py), and the vocabulary that the adapter of an output head may have
 * (vllm/lora/layers/logits_processor.py).
 */
public final class VllmLimits {
  private static final List<Integer> MAX_RANKS = List.of(8, 16, 32, 64, 128, 256, 320, 512);
  private static final int MAX_VOCABULARY_OF_A_HEAD = 257_024;

  private VllmLimits() {}

  /** The least {@code --max-lora-rank} that lets an adapter in; empty where none does. */
  public static OptionalInt maxRank(LoraConfig adapter) {
    return MAX_RANKS.stream()
        .mapToInt(Integer::intValue)
        .filter(most -> most >= adapter.maxRank())
        .findFirst();
  }

  /**
   * Why vLLM refuses an adapter; nothing where it loads it. One that is refused can be merged into
   * its base model.
   *
   * @param vocabulary size of the base model's
   */
  public static List<String> refusals(LoraConfig adapter, int vocabulary) {
    List<String> refusals = new ArrayList<>();
    if (adapter.dora()) {
      refusals.add("it has magnitudes (DoRA)");
    }
    if (!adapter.modulesToSave().isEmpty()) {
      refusals.add("it trains modules whole (" + String.join(", ", adapter.modulesToSave()) + ")");
    }
    if (adapter.exceptions().values().stream().anyMatch(module -> module.rank() > 0)) {
      refusals.add("single modules have ranks or alphas of their own, which vLLM does not read");
    }
    if (maxRank(adapter).isEmpty()) {
      refusals.add(
          "its rank, %d, is over %d"
              .formatted(adapter.maxRank(), MAX_RANKS.get(MAX_RANKS.size() - 1)));
    }
    if (adapter.targets().contains(LoraConfig.HEAD) && vocabulary > MAX_VOCABULARY_OF_A_HEAD) {
      refusals.add(
          "it adapts the output head of a vocabulary of more than " + MAX_VOCABULARY_OF_A_HEAD);
    }
    return refusals;
  }
}
