package ai.signal.lora;

import ai.signal.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Where each matrix of an adapter lies in its one flat float32 vector: layer by layer, q, k, v, o,
 * gate, up, down, then the output head; of each, first A, then B, without gaps.
 */
public final class AdapterLayout {
  /** Native buffers are addressed by int bytes, four to a float. */
  private static final long MAX_SIZE = 1L << 29;

  private final List<Block> blocks;
  private final int[] ranks;
  private final int size;

  /**
   * The two matrices of one linear layer {@code y = Wx + scaling * B(Ax)}.
   *
   * @param module the layer's name in the model, "model.layers.0.self_attn.q_proj"
   * @param in width of x
   * @param out width of y
   * @param offsetA first float of A: [rank, in], row-major
   * @param offsetB first float of B: [out, rank], row-major
   */
  public record Block(String module, int in, int out, int rank, int offsetA, int offsetB) {
    /** Floats in A. */
    public int sizeA() {
      return rank * in;
    }

    /** Floats in B. */
    public int sizeB() {
      return out * rank;
    }
  }

  private AdapterLayout(List<Block> blocks, int[] ranks, int size) {
    this.blocks = List.copyOf(blocks);
    this.ranks = ranks;
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
    List<Block> blocks = new ArrayList<>();
    int[] ranks = new int[7 * model.layers() + 1];
    int place = -1;
    long size = 0;
    for (LinearLayer layer : LinearLayer.all(model)) {
      place++;
      if (lora.targets().contains(layer.target())) {
        long sizeA = (long) lora.rank() * layer.in();
        long sizeB = (long) lora.rank() * layer.out();
        if (size + sizeA + sizeB > MAX_SIZE) {
          throw new IllegalArgumentException(
              "The adapter would have more than "
                  + MAX_SIZE
                  + " parameters; lower lora.rank, "
                  + lora.rank()
                  + ", or name fewer lora.targets");
        }
        blocks.add(
            new Block(
                layer.module(),
                layer.in(),
                layer.out(),
                lora.rank(),
                (int) size,
                (int) (size + sizeA)));
        ranks[place] = lora.rank();
        size += sizeA + sizeB;
      }
    }
    return new AdapterLayout(blocks, ranks, (int) size);
  }

  public List<Block> blocks() {
    return blocks;
  }

  /**
   * The rank of every linear layer of the model, 0 where there is no adapter: [7 * layers + 1], the
   * head last.
   */
  public int[] ranks() {
    return ranks.clone();
  }

  /** Number of floats. */
  public int size() {
    return size;
  }
}
