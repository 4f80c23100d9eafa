package ai.signal.tiny;

import ai.signal.model.DType;
import ai.signal.model.ModelDirectory;
import ai.signal.model.Pretrainer;
import ai.signal.model.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Makes {@code builtin:tiny} and the quickstart's data anew, in the repository that is the working
 * directory. The argument {@code all} makes everything, {@code text} everything but the weights,
 * which takes seconds.
 */
public final class TinyModel {
  private static final String WEIGHTS = "model.safetensors";
  private static final long INITIAL_SEED = 3;

  public static void main(String[] args) throws IOException {
    boolean weights =
        switch (List.of(args).toString()) {
          case "[all]" -> true;
          case "[text]" -> false;
          default ->
              throw new IllegalArgumentException(
                  "Cannot make " + List.of(args) + ": allowed are all and text");
        };
    for (Map.Entry<Path, String> file : TinyFiles.all().entrySet()) {
      Files.createDirectories(file.getKey().getParent());
      Files.writeString(file.getKey(), file.getValue());
    }
    if (weights) {
      pretrain(TinyFiles.MODEL, new Pretraining(TinyFiles.CORPUS, 2_400));
    }
  }

  /**
   * Writes the weights of a model directory that has everything else: random ones first, then what
   * they have become. Returns the loss of each step.
   */
  static List<Double> pretrain(Path directory, Pretraining recipe) throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      TinyArchitecture architecture = new TinyArchitecture(tokenizer.vocabSize());
      float[] initial = architecture.initial(Dice.of(INITIAL_SEED, 0));
      Path file = directory.resolve(WEIGHTS);
      Files.write(file, WeightFile.of(architecture.weights(), initial, DType.FLOAT32));
      List<Double> losses;
      float[] trained;
      try (Pretrainer model =
          new Pretrainer(ModelDirectory.open(directory), initial, architecture.decays())) {
        losses = recipe.run(model, tokenizer);
        trained = model.weights();
      }
      Files.write(file, WeightFile.of(architecture.weights(), trained, DType.BFLOAT16));
      return losses;
    }
  }

  private TinyModel() {}
}
