package ai.signal.spec;

import ai.signal.lora.LoraConfig;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * The adapter: {@code y = Wx + scaling B(Ax)} on each target.
 *
 * @param rank rows of A, at least 1
 * @param alpha the update is scaled by alpha / rank; above 0
 * @param dropout on the input of A while training, in [0, 1)
 * @param targets names of {@link #TARGETS}, or {@code all-linear}: all of them but lm_head
 * @param rslora whether the update is scaled by alpha / sqrt(rank)
 * @param dora whether the norm of each row of the updated weight is trained too
 * @param modulesToSave what is trained whole, names of {@link LoraConfig#MODULES}
 * @param init a PEFT adapter directory to start from
 */
public record LoraSpec(
    int rank,
    double alpha,
    double dropout,
    List<String> targets,
    boolean rslora,
    boolean dora,
    List<String> modulesToSave,
    Optional<String> init) {
  public static final String ALL_LINEAR = "all-linear";
  public static final List<String> TARGETS =
      List.of(
          "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "lm_head");

  public LoraSpec {
    Check.atLeast("rank", rank, 1);
    Check.positive("alpha", alpha);
    Check.belowOne("dropout", dropout);
    targets = List.copyOf(targets);
    boolean named =
        !targets.isEmpty()
            && TARGETS.containsAll(targets)
            && new HashSet<>(targets).size() == targets.size();
    if (!named && !targets.equals(List.of(ALL_LINEAR))) {
      throw new SpecException.Value(
          "targets", targets, ALL_LINEAR + ", or each once: " + String.join(", ", TARGETS));
    }
    modulesToSave = List.copyOf(modulesToSave);
    boolean known =
        LoraConfig.MODULES.containsAll(modulesToSave)
            && new HashSet<>(modulesToSave).size() == modulesToSave.size();
    if (!known) {
      throw new SpecException.Value(
          "modules_to_save", modulesToSave, "each once: " + String.join(", ", LoraConfig.MODULES));
    }
    if (modulesToSave.contains("lm_head") && targets.contains("lm_head")) {
      throw new SpecException.Value(
          "modules_to_save", modulesToSave, "without lm_head, which targets names already");
    }
    init.ifPresent(path -> Check.location("init", path));
  }

  public LoraSpec() {
    this(32, 64, 0, List.of(ALL_LINEAR), false, false, List.of(), Optional.empty());
  }

  /** As a run takes them. */
  public LoraConfig config() {
    return new LoraConfig(rank, alpha, dropout, targets, rslora, dora, modulesToSave);
  }
}
