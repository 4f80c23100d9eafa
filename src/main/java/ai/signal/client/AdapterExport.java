package ai.signal.client;

import ai.signal.lora.PeftAdapter;
import ai.signal.model.TokenizerAssets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Adapters as directories that others load. */
final class AdapterExport {
  /** The fact of a checkpoint that names its base model. */
  static final String BASE = "base";

  private AdapterExport() {}

  /**
   * PEFT's files, with the tokenizer of the base model and a model card.
   *
   * @param model directory of the base model
   */
  static Map<String, PeftAdapter.Content> files(PeftAdapter adapter, AdapterCard card, Path model) {
    Map<String, PeftAdapter.Content> beside = new LinkedHashMap<>();
    TokenizerAssets.of(model)
        .forEach((name, file) -> beside.put(name, out -> Files.copy(file, out)));
    beside.put(
        AdapterCard.FILE, out -> out.write(card.markdown().getBytes(StandardCharsets.UTF_8)));
    return adapter.files(card.base(), beside);
  }
}
