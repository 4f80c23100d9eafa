package ai.signal.lora;

import ai.signal.lora.AdapterLayout.Kind;
import ai.signal.lora.AdapterLayout.Tensor;
import ai.signal.model.AdapterShape;
import ai.signal.model.DType;
import ai.signal.model.ModelConfig;
import ai.signal.model.ModelDirectory;
import ai.signal.model.TensorRef;
import ai.signal.storage.Content;
import ai.signal.storage.LocalFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A base model with an adapter merged in, as the files of a Hugging Face directory. The weights are
 * in one file or in shards, each of which can be written by itself: whoever makes this of the same
 * base, settings and values writes the same bytes.
 *
 * <p>An embedding that is tied to the head and trained, or whose head is, is written untied, each
 * with its values, and config.json says so. PEFT's {@code merge_and_unload} unties them in memory
 * too, but leaves {@code tie_word_embeddings} in the config, by which transformers ties them again
 * when it loads what was saved. A model with a score head is written as one for sequence
 * classification, without an output head.
 */
public final class MergedModel {
  private static final String EMBEDDING_WEIGHT = "model.embed_tokens.weight";
  private static final String HEAD_WEIGHT = LoraConfig.HEAD + ".weight";
  private static final String SCORE_WEIGHT = LoraConfig.SCORE + ".weight";

  /** Names under which transformers looks for weights before it looks at an index of shards. */
  public static final List<String> READ_FIRST =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");

  private final ModelDirectory base;
  private final AdapterShape shape;
  private final Optional<DType> dtype;
  private final Shards shards;

  private MergedModel(
      ModelDirectory base, AdapterShape shape, Optional<DType> dtype, Shards shards) {
    this.base = base;
    this.shape = shape;
    this.dtype = dtype;
    this.shards = shards;
  }

  /**
   * A base model with an adapter.
   *
   * @param dtype of all weights; empty: each keeps that of the base's file
   * @param maxShardBytes of the weights in a file; one that is larger has a file of its own
   * @throws IllegalArgumentException when the adapter does not fit the base, or trains both an
   *     output head and a score head
   */
  public static MergedModel of(
      ModelDirectory base, LoraConfig lora, Optional<DType> dtype, long maxShardBytes) {
    AdapterLayout layout = AdapterLayout.of(base.config(), lora);
    Map<String, Map<Kind, Tensor>> adapter = new HashMap<>();
    for (Tensor tensor : layout.tensors()) {
      adapter
          .computeIfAbsent(tensor.module() + ".weight", name -> new EnumMap<>(Kind.class))
          .put(tensor.kind(), tensor);
    }
    if (adapter.containsKey(HEAD_WEIGHT) && layout.shape().score()) {
      throw new IllegalArgumentException(
          "The adapter trains 'score' and 'lm_head'; a model with a score head has no other, so save it in mode adapter");
    }
    Map<String, Double> scalings = new HashMap<>();
    LinearLayer.all(base.config())
        .forEach(layer -> scalings.put(layer.module() + ".weight", lora.scaling(layer)));
    List<MergedWeight> weights = new ArrayList<>();
    shapes(base.config(), layout.shape())
        .forEach(
            (name, shape) -> {
              TensorRef own = source(base, name);
              weights.add(
                  new MergedWeight(
                      name,
                      dtype.orElse(own.dtype()),
                      shape,
                      own,
                      adapter.getOrDefault(name, Map.of()),
                      scalings.getOrDefault(name, lora.scaling())));
            });
    return new MergedModel(base, layout.shape(), dtype, Shards.of(weights, maxShardBytes));
  }

  /** Of every weight, the shape. */
  private static Map<String, List<Long>> shapes(ModelConfig config, AdapterShape adapter) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>(config.weights());
    if (adapter.score()) {
      shapes.remove(HEAD_WEIGHT);
      shapes.put(SCORE_WEIGHT, List.of(1L, (long) config.hiddenSize()));
    } else if (unties(config, adapter)) {
      shapes.put(HEAD_WEIGHT, shapes.get(EMBEDDING_WEIGHT));
    }
    return shapes;
  }

  private static boolean unties(ModelConfig config, AdapterShape adapter) {
    return config.tieWordEmbeddings() && (adapter.embedding() || adapter.head());
  }

  /** Of what the base does not have, that which it is made from or resembles. */
  private static TensorRef source(ModelDirectory base, String name) {
    boolean other =
        name.equals(SCORE_WEIGHT)
            || (name.equals(HEAD_WEIGHT) && base.config().tieWordEmbeddings());
    return base.tensor(other ? EMBEDDING_WEIGHT : name);
  }

  /** Names of files of weights, in their order. */
  public List<String> weightFiles() {
    return IntStream.range(0, shards()).mapToObj(this::name).toList();
  }

  /** Number of files of weights. */
  public int shards() {
    return shards.size();
  }

  /** The name of a file of weights. */
  public String name(int shard) {
    return shards.name(shard);
  }

  /**
   * Writes a file of weights.
   *
   * @throws MergeException for a weight that is not finite, or not in the dtype
   */
  public void write(int shard, AdapterValues values, OutputStream out) throws IOException {
    SafetensorsWriter.write(
        shards.weights(shard).stream()
            .map(
                weight ->
                    new SafetensorsWriter.Tensor(
                        weight.name(),
                        weight.dtype(),
                        weight.shape(),
                        target -> weight.writeTo(target, values)))
            .toList(),
        out);
  }

  /** The other files, config.json last: without it there is no model. */
  public Map<String, Content> otherFiles() {
    Map<String, Content> files = new LinkedHashMap<>();
    if (shards.size() > 1) {
      files.put(Shards.INDEX, text(shards.index()));
    }
    base.companions().forEach((name, file) -> files.put(name, out -> LocalFiles.copy(file, out)));
    files.put(
        MergedConfig.FILE,
        text(
            MergedConfig.of(
                base.path().resolve(MergedConfig.FILE),
                written(),
                (unties(base.config(), shape) || !base.config().tieWordEmbeddings())
                    && !shape.score(),
                shape.score())));
    return files;
  }

  /** The dtype of all weights; empty where the base has several and keeps them. */
  private Optional<DType> written() {
    Set<DType> all = shards.all().stream().map(MergedWeight::dtype).collect(Collectors.toSet());
    return dtype.or(() -> all.size() == 1 ? all.stream().findFirst() : Optional.empty());
  }

  private static Content text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
