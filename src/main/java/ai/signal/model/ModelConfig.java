package ai.signal.model;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The shape of a Llama decoder, as config.json gives it.
 *
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the gated MLP
 * @param layers number of decoder layers
 * @param heads query heads
 * @param kvHeads key and value heads, a divisor of {@code heads}
 * @param headDim channels per head, even; {@code heads * headDim} need not be {@code hiddenSize}
 * @param vocabSize rows of the embedding and of the output head
 * @param maxPositions tokens of context
 * @param rmsNormEps added to the mean square before its root
 * @param ropeTheta base of the rotary frequencies
 * @param tieWordEmbeddings the output head is the embedding
 * @param attentionBias q, k, v and o projections have biases
 * @param mlpBias gate, up and down projections have biases
 * @param eosTokenIds tokens that end a completion; may be empty
 */
public record ModelConfig(
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int vocabSize,
    int maxPositions,
    double rmsNormEps,
    double ropeTheta,
    RopeScaling ropeScaling,
    boolean tieWordEmbeddings,
    boolean attentionBias,
    boolean mlpBias,
    List<Integer> eosTokenIds)
    implements Serializable {

  /** No known model comes near; products of sizes within these limits fit a long. */
  private static final int MAX_SIZE = 1 << 22;

  private static final int MAX_LAYERS = 1 << 12;

  static final String EMBEDDING = "model.embed_tokens.weight";
  static final String HEAD = "lm_head.weight";

  public ModelConfig {
    requireSize("hidden_size", hiddenSize, MAX_SIZE);
    requireSize("intermediate_size", intermediateSize, MAX_SIZE);
    requireSize("num_hidden_layers", layers, MAX_LAYERS);
    requireSize("num_attention_heads", heads, MAX_SIZE);
    requireSize("num_key_value_heads", kvHeads, MAX_SIZE);
    requireSize("head_dim", headDim, MAX_SIZE);
    requireSize("vocab_size", vocabSize, MAX_SIZE);
    requireSize("max_position_embeddings", maxPositions, Integer.MAX_VALUE);
    require(
        heads % kvHeads == 0,
        "num_attention_heads is "
            + heads
            + ", which num_key_value_heads, "
            + kvHeads
            + ", does not divide");
    require(headDim % 2 == 0, "head_dim is " + headDim + "; rotary embeddings need an even one");
    require(
        (long) heads * headDim <= MAX_SIZE,
        "num_attention_heads is "
            + heads
            + " and head_dim "
            + headDim
            + "; their product must be at most "
            + MAX_SIZE);
    requirePositive("rms_norm_eps", rmsNormEps);
    requirePositive("rope_theta", ropeTheta);
    eosTokenIds = List.copyOf(eosTokenIds);
    require(
        eosTokenIds.stream().allMatch(id -> id >= 0),
        "eos_token_id is " + eosTokenIds + "; none may be negative");
  }

  /**
   * Reads a config.json with the defaults of transformers' LlamaConfig.
   *
   * @throws ModelFormatException when the file is not a supported Llama's
   */
  public static ModelConfig read(Path configJson) {
    return LlamaConfigReader.read(configJson);
  }

  ModelConfig withEosTokenIds(List<Integer> ids) {
    return with(tieWordEmbeddings, ids);
  }

  /** The same with an output head of its own. */
  ModelConfig untied() {
    return with(false, eosTokenIds);
  }

  private ModelConfig with(boolean tied, List<Integer> ids) {
    return new ModelConfig(
        hiddenSize,
        intermediateSize,
        layers,
        heads,
        kvHeads,
        headDim,
        vocabSize,
        maxPositions,
        rmsNormEps,
        ropeTheta,
        ropeScaling,
        tied,
        attentionBias,
        mlpBias,
        ids);
  }

  /** Width of the queries, {@code heads * headDim}. */
  public int queryWidth() {
    return heads * headDim;
  }

  /** Width of the keys and of the values, {@code kvHeads * headDim}. */
  public int kvWidth() {
    return kvHeads * headDim;
  }

  /** Number of weights; a tied head counts once. */
  public long parameters() {
    return weights().values().stream()
        .mapToLong(
            shape -> shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact))
        .sum();
  }

  /**
   * Every weight that the architecture has: its name in Hugging Face files and its shape, in the
   * order of computation.
   */
  public Map<String, List<Long>> weights() {
    Map<String, List<Long>> weights = new LinkedHashMap<>();
    weights.put(EMBEDDING, shape(vocabSize, hiddenSize));
    for (int layer = 0; layer < layers; layer++) {
      String prefix = "model.layers." + layer + ".";
      weights.put(prefix + "input_layernorm.weight", shape(hiddenSize));
      linear(weights, prefix + "self_attn.q_proj", hiddenSize, queryWidth(), attentionBias);
      linear(weights, prefix + "self_attn.k_proj", hiddenSize, kvWidth(), attentionBias);
      linear(weights, prefix + "self_attn.v_proj", hiddenSize, kvWidth(), attentionBias);
      linear(weights, prefix + "self_attn.o_proj", queryWidth(), hiddenSize, attentionBias);
      weights.put(prefix + "post_attention_layernorm.weight", shape(hiddenSize));
      linear(weights, prefix + "mlp.gate_proj", hiddenSize, intermediateSize, mlpBias);
      linear(weights, prefix + "mlp.up_proj", hiddenSize, intermediateSize, mlpBias);
      linear(weights, prefix + "mlp.down_proj", intermediateSize, hiddenSize, mlpBias);
    }
    weights.put("model.norm.weight", shape(hiddenSize));
    if (!tieWordEmbeddings) {
      weights.put(HEAD, shape(vocabSize, hiddenSize));
    }
    return weights;
  }

  private static void linear(
      Map<String, List<Long>> weights, String module, int in, int out, boolean bias) {
    weights.put(module + ".weight", shape(out, in));
    if (bias) {
      weights.put(module + ".bias", shape(out));
    }
  }

  private static List<Long> shape(long... sizes) {
    return Arrays.stream(sizes).boxed().toList();
  }

  private static void requireSize(String key, int value, int max) {
    require(value >= 1 && value <= max, key + " is " + value + "; it must be between 1 and " + max);
  }

  private static void requirePositive(String key, double value) {
    require(
        value > 0 && value < Double.POSITIVE_INFINITY,
        key + " is " + value + "; it must be a positive number");
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }
}
