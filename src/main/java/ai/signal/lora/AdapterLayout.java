package ai.signal.lora;

import ai.signal.model.AdapterShape;
import ai.signal.model.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where each tensor of an adapter lies in its one flat float32 vector: the trained embedding; layer
 * by layer, q, k, v, o, gate, up, down, then the output head, of each A, B and, with DoRA, the
 * magnitude; the trained output head; the score head. There are no gaps.
 */
public final class AdapterLayout {
  /** Native buffers are addressed by int bytes, four to a float. */
  private static final long MAX_SIZE = 1L << 29;

  private final LoraConfig lora;
  private final List<Tensor> tensors;
  private final AdapterShape shape;
  private final int size;

  /** What a tensor is to its module. */
  public enum Kind {
    /** First factor of the update. */
    A("lora_A.weight"),
    /** Second factor of the update. */
    B("lora_B.weight"),
    /** Norm of each row of the updated weight (DoRA). */
    MAGNITUDE("lora_magnitude_vector"),
    /** The module's weight itself. */
    WHOLE("weight");

    private final String suffix;

    Kind(String suffix) {
      this.suffix = suffix;
    }
  }

  /**
   * A piece of the vector, row-major.
   *
   * @param module the module's name in the model, "model.layers.0.self_attn.q_proj"
   * @param columns 1 for a magnitude, which is a vector
   * @param offset its first float
   */
  public record Tensor(String module, Kind kind, int rows, int columns, int offset) {
    /** Number of floats. */
    public int size() {
      return rows * columns;
    }

    /** As PEFT names it, but for what stands before the model's own names. */
    public String name() {
      return module + "." + kind.suffix;
    }

    public List<Long> shape() {
      return kind == Kind.MAGNITUDE ? List.of((long) rows) : List.of((long) rows, (long) columns);
    }
  }

  private AdapterLayout(LoraConfig lora, List<Tensor> tensors, AdapterShape shape, int size) {
    this.lora = lora;
    this.tensors = List.copyOf(tensors);
    this.shape = shape;
    this.size = size;
  }

  /**
   * The layout of an adapter on a model.
   *
   * @throws IllegalArgumentException when the targets do not fit the model or the adapter would be
   *     too large
   */
  public static AdapterLayout of(ModelConfig model, LoraConfig lora) {
    if (lora.targets().contains(LoraConfig.HEAD) && model.tieWordEmbeddings()) {
      throw new IllegalArgumentException(
          "lora.targets names 'lm_head', but the model's output head is its embedding (tie_word_embeddings); leave it out");
    }
    int[] ranks = new int[7 * model.layers() + 1];
    double[] scalings = new double[ranks.length];
    Arrays.fill(scalings, lora.scaling());
    AdapterShape shape =
        new AdapterShape(
            ranks,
            scalings,
            lora.dora(),
            lora.trains(LoraConfig.EMBEDDING),
            lora.trains(LoraConfig.HEAD),
            lora.trains(LoraConfig.SCORE));
    List<LinearLayer> layers = LinearLayer.all(model);
    for (int place = 0; place < layers.size(); place++) {
      ranks[place] = lora.module(layers.get(place)).rank();
      scalings[place] = lora.scaling(layers.get(place));
    }
    if (shape.size(model) > MAX_SIZE) {
      throw new AdapterSizeException(
          "The adapter would have more than %d parameters; lower lora.rank, %d, or name fewer lora.targets%s"
              .formatted(
                  MAX_SIZE,
                  lora.maxRank(),
                  lora.modulesToSave().isEmpty() ? "" : " or lora.modules_to_save"));
    }
    Builder builder = new Builder();
    if (shape.embedding()) {
      builder.add("model.embed_tokens", Kind.WHOLE, model.vocabSize(), model.hiddenSize());
    }
    for (int place = 0; place < layers.size(); place++) {
      if (ranks[place] > 0) {
        builder.add(layers.get(place), ranks[place], lora.dora());
      }
    }
    if (shape.head()) {
      builder.add(LoraConfig.HEAD, Kind.WHOLE, model.vocabSize(), model.hiddenSize());
    }
    if (shape.score()) {
      builder.add(LoraConfig.SCORE, Kind.WHOLE, 1, model.hiddenSize());
    }
    return new AdapterLayout(lora, builder.tensors, shape, builder.size);
  }

  private static final class Builder {
    private final List<Tensor> tensors = new ArrayList<>();
    private int size;

    void add(LinearLayer layer, int rank, boolean dora) {
      add(layer.module(), Kind.A, rank, layer.in());
      add(layer.module(), Kind.B, layer.out(), rank);
      if (dora) {
        add(layer.module(), Kind.MAGNITUDE, layer.out(), 1);
      }
    }

    void add(String module, Kind kind, int rows, int columns) {
      tensors.add(new Tensor(module, kind, rows, columns, size));
      size += rows * columns;
    }
  }

  /** What the adapter is made of. */
  public LoraConfig lora() {
    return lora;
  }

  /** All tensors, in the order of their offsets. */
  public List<Tensor> tensors() {
    return tensors;
  }

  /** What native calls are told about the vector. */
  public AdapterShape shape() {
    return shape;
  }

  /** Number of floats. */
  public int size() {
    return size;
  }
}
