package ai.signal.lora;

import java.io.Serializable;
import java.util.List;

/**
 * What a LoRA adapter is made of.
 *
 * @param rank inner width of every pair of matrices, at least 1
 * @param alpha the update is scaled by {@code alpha / rank}; positive
 * @param dropout share of the adapter's inputs that is dropped in training, in [0, 1)
 * @param targets names of linear layers, or {@code all-linear} alone, which means all of them but
 *     the output head; kept in the order of {@link #TARGETS}
 * @param rslora whether the update is scaled by {@code alpha / sqrt(rank)} instead (rsLoRA,
 *     Kalajdzievski, 2023), so that its size does not shrink as the rank grows
 * @param dora whether the norm of each row of the updated weight is a parameter of its own (DoRA,
 *     Liu et al., 2024)
 * @param modulesToSave what is trained whole beside the targets, as PEFT's {@code modules_to_save};
 *     kept in the order of {@link #MODULES}
 */
public record LoraConfig(
    int rank,
    double alpha,
    double dropout,
    List<String> targets,
    boolean rslora,
    boolean dora,
    List<String> modulesToSave)
    implements Serializable {
  /** The linear layers of a decoder, in the order of computation. */
  public static final List<String> TARGETS =
      List.of(
          "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "lm_head");

  static final String EMBEDDING = "embed_tokens";
  static final String HEAD = "lm_head";
  static final String SCORE = "score";

  /** What can be trained whole: the embedding, the output head, and a score head for rewards. */
  public static final List<String> MODULES = List.of(EMBEDDING, HEAD, SCORE);

  private static final String ALL_LINEAR = "all-linear";

  /**
   * Checks the values and puts the targets in order.
   *
   * @throws IllegalArgumentException when a value is out of its range or a target is unknown or
   *     stands twice
   */
  public LoraConfig {
    require(rank >= 1, "lora.rank is " + rank + "; it must be at least 1");
    require(
        alpha > 0 && alpha < Double.POSITIVE_INFINITY,
        "lora.alpha is " + alpha + "; it must be a positive number");
    require(
        dropout >= 0 && dropout < 1,
        "lora.dropout is " + dropout + "; it must be at least 0 and below 1");
    require(
        !targets.isEmpty(), "lora.targets is empty; name linear layers or '" + ALL_LINEAR + "'");
    targets = targets.equals(List.of(ALL_LINEAR)) ? TARGETS.subList(0, 7) : targets;
    for (String target : targets) {
      require(
          TARGETS.contains(target),
          "lora.targets names '"
              + target
              + "'; allowed are "
              + String.join(", ", TARGETS)
              + ", or "
              + ALL_LINEAR
              + " alone");
    }
    require(
        targets.stream().distinct().count() == targets.size(),
        "lora.targets names a layer twice: " + targets);
    targets = TARGETS.stream().filter(targets::contains).toList();
    for (String module : modulesToSave) {
      require(
          MODULES.contains(module),
          "lora.modules_to_save names '" + module + "'; allowed are " + String.join(", ", MODULES));
    }
    require(
        modulesToSave.stream().distinct().count() == modulesToSave.size(),
        "lora.modules_to_save names a module twice: " + modulesToSave);
    require(
        !modulesToSave.contains(HEAD) || !targets.contains(HEAD),
        "lora.modules_to_save and lora.targets both name 'lm_head'; it is trained whole or through an adapter");
    modulesToSave = MODULES.stream().filter(modulesToSave::contains).toList();
  }

  /** LoRA as it was first described. */
  public LoraConfig(int rank, double alpha, double dropout, List<String> targets) {
    this(rank, alpha, dropout, targets, false, false, List.of());
  }

  public LoraConfig withDropout(double share) {
    return new LoraConfig(rank, alpha, share, targets, rslora, dora, modulesToSave);
  }

  public LoraConfig withRslora(boolean value) {
    return new LoraConfig(rank, alpha, dropout, targets, value, dora, modulesToSave);
  }

  public LoraConfig withDora(boolean value) {
    return new LoraConfig(rank, alpha, dropout, targets, rslora, value, modulesToSave);
  }

  /** With modules that are trained whole, names of {@link #MODULES}. */
  public LoraConfig withModulesToSave(String... modules) {
    return new LoraConfig(rank, alpha, dropout, targets, rslora, dora, List.of(modules));
  }

  /** Whether a module is trained whole. */
  public boolean trains(String module) {
    return modulesToSave.contains(module);
  }

  /** The factor of the update. */
  public double scaling() {
    return alpha / (rslora ? Math.sqrt(rank) : rank);
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }
}
