package ai.signal.lora;

import ai.signal.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * A linear layer of the decoder.
 *
 * @param module its name in the model, "model.layers.0.self_attn.q_proj"
 * @param target its kind, one of {@link LoraConfig#TARGETS}
 */
record LinearLayer(String module, String target, int in, int out) {

  /** Every linear layer, the output head last; a tied head is not one. */
  static List<LinearLayer> all(ModelConfig model) {
    int hidden = model.hiddenSize();
    int intermediate = model.intermediateSize();
    List<LinearLayer> layers = new ArrayList<>();
    for (int i = 0; i < model.layers(); i++) {
      String attention = "model.layers." + i + ".self_attn.";
      String mlp = "model.layers." + i + ".mlp.";
      layers.add(in(attention, "q_proj", hidden, model.queryWidth()));
      layers.add(in(attention, "k_proj", hidden, model.kvWidth()));
      layers.add(in(attention, "v_proj", hidden, model.kvWidth()));
      layers.add(in(attention, "o_proj", model.queryWidth(), hidden));
      layers.add(in(mlp, "gate_proj", hidden, intermediate));
      layers.add(in(mlp, "up_proj", hidden, intermediate));
      layers.add(in(mlp, "down_proj", intermediate, hidden));
    }
    if (!model.tieWordEmbeddings()) {
      layers.add(in("", LoraConfig.HEAD, hidden, model.vocabSize()));
    }
    return layers;
  }

  private static LinearLayer in(String parent, String target, int in, int out) {
    return new LinearLayer(parent + target, target, in, out);
  }
}
