package ai.signal.model;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What the values of an adapter are, in their order: the trained embedding; of each module with a
 * rank A [rank, in], B [out, rank] and, with DoRA, the magnitude [out]; the trained output head;
 * the score head.
 *
 * @param ranks [7 * layers + 1] rank of q, k, v, o, gate, up, down of each layer and of the head; 0
 *     = no adapter
 * @param scalings [7 * layers + 1] factor of B A x of each module
 * @param dora whether the rows of {@code W + scaling B A} have trained norms (DoRA)
 * @param embedding whether the embedding is trained whole
 * @param head whether the output head is trained whole
 * @param score whether there is a score head, [1, hidden]
 */
@SuppressWarnings("ArrayRecordComponent") // handed to a native call as they are
public record AdapterShape(
    int[] ranks, double[] scalings, boolean dora, boolean embedding, boolean head, boolean score)
    implements Serializable {

  /** One scaling of all modules. */
  public AdapterShape(
      int[] ranks, double scaling, boolean dora, boolean embedding, boolean head, boolean score) {
    this(ranks, new double[ranks.length], dora, embedding, head, score);
    Arrays.fill(scalings, scaling);
  }

  /** LoRA and nothing else. */
  public static AdapterShape lora(int[] ranks, double scaling) {
    return new AdapterShape(ranks, scaling, false, false, false, false);
  }

  /** The base model alone. */
  public static AdapterShape none(ModelConfig model) {
    return lora(new int[7 * model.layers() + 1], 1);
  }

  /**
   * Number of values.
   *
   * @throws IllegalArgumentException when the ranks are not those of a model of that shape
   */
  public long size(ModelConfig model) {
    if (ranks.length != 7 * model.layers() + 1) {
      throw new IllegalArgumentException(
          "Cannot use adapter: " + ranks.length + " ranks for " + model.layers() + " layers");
    }
    long matrix = (long) model.vocabSize() * model.hiddenSize();
    long size = (embedding ? matrix : 0) + (head ? matrix : 0) + (score ? model.hiddenSize() : 0);
    for (int module = 0; module < ranks.length; module++) {
      if (ranks[module] > 0) {
        int out = out(model, module);
        size += (long) ranks[module] * (in(model, module) + out) + (dora ? out : 0);
      }
    }
    return size;
  }

  private static int in(ModelConfig model, int module) {
    return switch (module % 7) {
      case 3 -> model.queryWidth();
      case 6 -> model.intermediateSize();
      default -> model.hiddenSize();
    };
  }

  private static int out(ModelConfig model, int module) {
    if (module == 7 * model.layers()) {
      return model.vocabSize();
    }
    return switch (module % 7) {
      case 0 -> model.queryWidth();
      case 1, 2 -> model.kvWidth();
      case 3, 6 -> model.hiddenSize();
      default -> model.intermediateSize();
    };
  }

  /** Scalings and the share that dropout takes, as the program takes them, [7 * layers + 2]. */
  double[] factors(double dropout) {
    double[] factors = Arrays.copyOf(scalings, scalings.length + 1);
    factors[scalings.length] = dropout;
    return factors;
  }

  /** As the program takes it, [7 * layers + 5]. */
  long[] numbers() {
    long[] numbers = new long[ranks.length + 4];
    for (int i = 0; i < ranks.length; i++) {
      numbers[i] = ranks[i];
    }
    boolean[] flags = {dora, embedding, head, score};
    for (int i = 0; i < flags.length; i++) {
      numbers[ranks.length + i] = flags[i] ? 1 : 0;
    }
    return numbers;
  }
}
