package ai.signal.lora;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

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
 * @param exceptions modules with another rank or alpha, or none, by their full names; an adapter of
 *     PEFT can have them, a spec cannot
 */
public record LoraConfig(
    int rank,
    double alpha,
    double dropout,
    List<String> targets,
    boolean rslora,
    boolean dora,
    List<String> modulesToSave,
    SortedMap<String, ModuleRank> exceptions)
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
    exceptions = Collections.unmodifiableSortedMap(new TreeMap<>(exceptions));
  }

  /** LoRA of the same rank everywhere. */
  public LoraConfig(
      int rank,
      double alpha,
      double dropout,
      List<String> targets,
      boolean rslora,
      boolean dora,
      List<String> modulesToSave) {
    this(rank, alpha, dropout, targets, rslora, dora, modulesToSave, new TreeMap<>());
  }

  /** LoRA as it was first described. */
  public LoraConfig(int rank, double alpha, double dropout, List<String> targets) {
    this(rank, alpha, dropout, targets, false, false, List.of());
  }

  public LoraConfig withDropout(double share) {
    return new LoraConfig(rank, alpha, share, targets, rslora, dora, modulesToSave, exceptions);
  }

  public LoraConfig withRslora(boolean value) {
    return new LoraConfig(rank, alpha, dropout, targets, value, dora, modulesToSave, exceptions);
  }

  public LoraConfig withDora(boolean value) {
    return new LoraConfig(rank, alpha, dropout, targets, rslora, value, modulesToSave, exceptions);
  }

  /** With modules that are trained whole, names of {@link #MODULES}. */
  public LoraConfig withModulesToSave(String... modules) {
    return new LoraConfig(
        rank, alpha, dropout, targets, rslora, dora, List.of(modules), exceptions);
  }

  /** With modules, by their full names, that have another rank or alpha, or no adapter. */
  public LoraConfig withExceptions(Map<String, ModuleRank> modules) {
    return new LoraConfig(
        rank, alpha, dropout, targets, rslora, dora, modulesToSave, new TreeMap<>(modules));
  }

  /** Whether a module is trained whole. */
  public boolean trains(String module) {
    return modulesToSave.contains(module);
  }

  /** The factor of the update where a module is no exception. */
  public double scaling() {
    return scaling(new ModuleRank(rank, alpha));
  }

  /** The factor of the update of one module. */
  double scaling(LinearLayer layer) {
    ModuleRank module = module(layer);
    return module.rank() == 0 ? scaling() : scaling(module);
  }

  private double scaling(ModuleRank module) {
    return module.alpha() / (rslora ? Math.sqrt(module.rank()) : module.rank());
  }

  /** Rank and alpha of one module; rank 0: it has no adapter. */
  ModuleRank module(LinearLayer layer) {
    return targets.contains(layer.target())
        ? exceptions.getOrDefault(layer.module(), new ModuleRank(rank, alpha))
        : new ModuleRank(0, alpha);
  }

  /** The largest rank that a module can have. */
  public int maxRank() {
    return exceptions.values().stream().mapToInt(ModuleRank::rank).reduce(rank, Math::max);
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }
}
