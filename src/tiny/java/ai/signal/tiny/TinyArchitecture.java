package ai.signal.tiny;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The tiny model's shape: a Llama with grouped-query attention and a head of its own. */
record TinyArchitecture(int vocabulary) {
  static final int MAX_POSITIONS = 512;

  private static final int HIDDEN = 192;
  private static final int INTERMEDIATE = 512;
  private static final int LAYERS = 4;
  private static final int HEADS = 6;
  private static final int KV_HEADS = 2;
  private static final int HEAD_DIM = 32;

  private static final double MATRIX_SCALE = 0.7;
  private static final double EMBEDDING_DEVIATION = 0.05;

  /**
   * A weight.
   *
   * @param columns 0 for a vector
   * @param deviation of its first, normally distributed values; 0 for a norm, which starts at 1
   */
  record Weight(String name, int rows, int columns, double deviation) {
    int size() {
      return rows * Math.max(columns, 1);
    }
  }

  /** In the order in which the decoder program holds them. */
  List<Weight> weights() {
    List<Weight> weights = new ArrayList<>();
    weights.add(new Weight("model.embed_tokens.weight", vocabulary, HIDDEN, EMBEDDING_DEVIATION));
    weights.add(norm("model.norm"));
    weights.add(matrix("lm_head", vocabulary, HIDDEN));
    // The layers' outputs add up: the deeper the model, the smaller each of them starts.
    double residual = 1 / Math.sqrt(2 * LAYERS);
    for (int layer = 0; layer < LAYERS; layer++) {
      String prefix = "model.layers." + layer + ".";
      weights.add(norm(prefix + "input_layernorm"));
      weights.add(matrix(prefix + "self_attn.q_proj", HEADS * HEAD_DIM, HIDDEN));
      weights.add(matrix(prefix + "self_attn.k_proj", KV_HEADS * HEAD_DIM, HIDDEN));
      weights.add(matrix(prefix + "self_attn.v_proj", KV_HEADS * HEAD_DIM, HIDDEN));
      weights.add(matrix(prefix + "self_attn.o_proj", HIDDEN, HEADS * HEAD_DIM, residual));
      weights.add(norm(prefix + "post_attention_layernorm"));
      weights.add(matrix(prefix + "mlp.gate_proj", INTERMEDIATE, HIDDEN));
      weights.add(matrix(prefix + "mlp.up_proj", INTERMEDIATE, HIDDEN));
      weights.add(matrix(prefix + "mlp.down_proj", HIDDEN, INTERMEDIATE, residual));
    }
    return weights;
  }

  /** The weights before training, one behind the other. */
  float[] initial(Dice dice) {
    float[] flat = new float[size()];
    int at = 0;
    for (Weight weight : weights()) {
      for (int end = at + weight.size(); at < end; at++) {
        flat[at] = weight.columns() == 0 ? 1 : (float) (weight.deviation() * dice.normal());
      }
    }
    return flat;
  }

  /**
   * 1 for every value of a matrix and 0 for those of a norm, one behind the other: where weight
   * decay applies.
   */
  float[] decays() {
    float[] flat = new float[size()];
    int at = 0;
    for (Weight weight : weights()) {
      Arrays.fill(flat, at, at + weight.size(), weight.columns() == 0 ? 0 : 1);
      at += weight.size();
    }
    return flat;
  }

  private int size() {
    return weights().stream().mapToInt(Weight::size).sum();
  }

  /** config.json as transformers writes it. */
  ObjectNode config() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.putArray("architectures").add("LlamaForCausalLM");
    json.put("attention_bias", false).put("attention_dropout", 0.0);
    json.put("bos_token_id", TinyTokenizer.SPECIAL.indexOf(Corpus.START));
    json.put("eos_token_id", TinyTokenizer.SPECIAL.indexOf(Chats.END));
    json.put("pad_token_id", TinyTokenizer.SPECIAL.indexOf(TinyTokenizer.PAD));
    json.put("head_dim", HEAD_DIM).put("hidden_act", "silu").put("hidden_size", HIDDEN);
    json.put("initializer_range", EMBEDDING_DEVIATION).put("intermediate_size", INTERMEDIATE);
    json.put("max_position_embeddings", MAX_POSITIONS).put("mlp_bias", false);
    json.put("model_type", "llama").put("num_attention_heads", HEADS);
    json.put("num_hidden_layers", LAYERS).put("num_key_value_heads", KV_HEADS);
    json.put("rms_norm_eps", 1e-5).putNull("rope_scaling").put("rope_theta", 10000.0);
    json.put("tie_word_embeddings", false).put("torch_dtype", "bfloat16");
    return json.put("use_cache", true).put("vocab_size", vocabulary);
  }

  private static Weight norm(String name) {
    return new Weight(name + ".weight", HIDDEN, 0, 0);
  }

  private static Weight matrix(String name, int rows, int columns) {
    return matrix(name, rows, columns, 1);
  }

  private static Weight matrix(String name, int rows, int columns, double factor) {
    return new Weight(name + ".weight", rows, columns, factor * MATRIX_SCALE / Math.sqrt(columns));
  }
}
