package ai.signal.lora;

import ai.signal.lora.AdapterLayout.Kind;
import ai.signal.lora.AdapterLayout.Tensor;
import ai.signal.model.ModelDirectory;
import ai.signal.model.Seeds;
import ai.signal.model.TensorRef;

/**
 * The values an adapter starts from, distributed as PEFT's: A uniform in plus or minus 1/sqrt(in),
 * B zero, magnitudes and modules that are trained whole as in the base model, so that it changes
 * nothing yet; a score head normal with a standard deviation of 0.02.
 */
public final class AdapterInit {
  private static final double SCORE_DEVIATION = 0.02; // transformers' initializer_range

  private AdapterInit() {}

  /**
   * The random values of a tensor depend on the seed, the module's name and its shape, whatever
   * else the adapter holds.
   *
   * @param base whose weights are read where the adapter begins with them
   * @throws ai.signal.model.ModelFormatException when they cannot be read
   */
  public static float[] of(AdapterLayout layout, ModelDirectory base, long seed) {
    float[] values = of(layout, seed);
    layout.tensors().parallelStream()
        .filter(AdapterInit::isOfTheBase)
        .forEach(
            tensor -> {
              TensorRef weight = weight(base, tensor);
              if (tensor.kind() == Kind.WHOLE) {
                TensorReader.read(weight, values, tensor.offset());
              } else {
                TensorReader.rowNorms(weight, values, tensor.offset());
              }
            });
    return values;
  }

  private static boolean isOfTheBase(Tensor tensor) {
    return switch (tensor.kind()) {
      case A, B -> false;
      case MAGNITUDE -> true;
      case WHOLE -> !tensor.module().equals(LoraConfig.SCORE);
    };
  }

  /** A tied head is the embedding until it is trained. */
  private static TensorRef weight(ModelDirectory base, Tensor tensor) {
    boolean tied = tensor.module().equals(LoraConfig.HEAD) && base.config().tieWordEmbeddings();
    return base.tensor(tied ? "model.embed_tokens.weight" : tensor.module() + ".weight");
  }

  /** The random values alone; zero is what the base model's weights decide. */
  static float[] of(AdapterLayout layout, long seed) {
    float[] values = new float[layout.size()];
    for (Tensor tensor : layout.tensors()) {
      Seeds.Stream stream = new Seeds.Stream(Seeds.mix(seed, Seeds.of(tensor.module())));
      if (tensor.kind() == Kind.A) {
        double bound = 1 / Math.sqrt(tensor.columns());
        for (int i = 0; i < tensor.size(); i++) {
          values[tensor.offset() + i] = (float) ((2 * stream.uniform() - 1) * bound);
        }
      } else if (tensor.module().equals(LoraConfig.SCORE)) {
        for (int i = 0; i < tensor.size(); i++) {
          values[tensor.offset() + i] = (float) (SCORE_DEVIATION * normal(stream));
        }
      }
    }
    return values;
  }

  /** Box and Muller's transform. */
  private static double normal(Seeds.Stream stream) {
    double radius = Math.sqrt(-2 * Math.log(1 - stream.uniform()));
    return radius * Math.cos(2 * Math.PI * stream.uniform());
  }
}
