package ai.signal.client;

import ai.signal.checkpoint.RunIdentity;
import ai.signal.lora.LoraConfig;
import ai.signal.lora.VllmLimits;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The model card of a saved adapter: README.md with the front matter of the Hugging Face Hub, what
 * made the adapter, and how to use it. It has no path of a file: a base model in a directory goes
 * by the directory's name.
 *
 * @param run that trained it
 * @param settings of the run, as in its checkpoints
 * @param base of the run, as in {@code model.base}
 * @param lora of the adapter
 * @param vocabulary size of the base model's
 * @param step optimizer steps done
 * @param loss of the last of them, where it is known
 */
record AdapterCard(
    RunIdentity run,
    ObjectNode settings,
    String base,
    LoraConfig lora,
    int vocabulary,
    long step,
    OptionalDouble loss) {
  static final String FILE = "README.md";

  private static final int SHOWN_OF_A_DIGEST = 12;

  /** The card as Markdown. */
  String markdown() {
    StringBuilder card = new StringBuilder(frontMatter());
    card.append(
        """

        # %s

        An adapter that Signal for Apache Spark trained on `%s`, in PEFT's layout.

        | | |
        |---|---|
        """
            .formatted(plain(run.name()), BaseName.of(base)));
    facts().forEach((name, value) -> card.append("| %s | `%s` |\n".formatted(name, plain(value))));
    card.append(
        """

        ## Use

        ```python
        from peft import PeftModel
        from transformers import %1$s, AutoTokenizer

        base = %1$s.from_pretrained("%2$s"%3$s)
        model = PeftModel.from_pretrained(base, "path/of/this/directory")
        tokenizer = AutoTokenizer.from_pretrained("path/of/this/directory")
        ```

        %4$s
        """
            .formatted(
                scored() ? "AutoModelForSequenceClassification" : "AutoModelForCausalLM",
                BaseName.of(base),
                scored() ? ", num_labels=1" : "",
                vllm()));
    return card.toString();
  }

  private String frontMatter() {
    List<String> tags = new ArrayList<>(List.of(lora.dora() ? "dora" : "lora", "signal-spark"));
    if (scored()) {
      tags.add("reward-model");
    }
    return """
    ---
    base_model: "%s"
    base_model_relation: adapter
    library_name: peft
    pipeline_tag: %s
    tags:
    - %s
    ---
    """
        .formatted(
            BaseName.of(base),
            scored() ? "text-classification" : "text-generation",
            String.join("\n- ", tags));
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("base model", BaseName.of(base));
    facts.put("SHA-256 of its config and pages of its weights", digest(run.baseModel()));
    facts.put("rank", String.valueOf(lora.rank()));
    facts.put("alpha", number(lora.alpha()) + (lora.rslora() ? " (rsLoRA)" : ""));
    facts.put("dropout", number(lora.dropout()));
    facts.put("targets", String.join(", ", lora.targets()));
    if (!lora.modulesToSave().isEmpty()) {
      facts.put("trained whole", String.join(", ", lora.modulesToSave()));
    }
    if (!lora.exceptions().isEmpty()) {
      facts.put(
          "modules of their own rank or alpha, or without an adapter",
          String.valueOf(lora.exceptions().size()));
    }
    facts.put("optimizer steps", String.valueOf(step));
    loss.ifPresent(
        value -> facts.put("loss of the last step", String.format(Locale.ROOT, "%.4f", value)));
    settings
        .fields()
        .forEachRemaining(
            setting -> {
              if (setting.getValue().isValueNode()) {
                facts.put(setting.getKey().replace('_', ' '), setting.getValue().asText());
              }
            });
    facts.put("versions", String.join(", ", run.libraries().values()));
    return facts;
  }

  private String vllm() {
    List<String> refusals = VllmLimits.refusals(lora, vocabulary);
    return refusals.isEmpty()
        ? "vLLM: `vllm serve %s --enable-lora --max-lora-rank %d --lora-modules NAME=DIRECTORY`"
            .formatted(BaseName.of(base), VllmLimits.maxRank(lora).getAsInt())
        : "vLLM does not load this adapter: %s. Merge it into its base model, and serve that."
            .formatted(String.join(", ", refusals));
  }

  private boolean scored() {
    return lora.trains("score");
  }

  private static String digest(String hex) {
    return hex.substring(0, Math.min(SHOWN_OF_A_DIGEST, hex.length()));
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.valueOf(value);
  }

  /** Names are anybody's: one line that ends neither a code span nor the cell of a table. */
  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ").replaceAll("[`|<>\\[\\]]", "'").strip();
  }
}
