package ai.signal.spec;

import ai.signal.data.DataFormat;
import ai.signal.train.BradleyTerry;
import ai.signal.train.Cispo;
import ai.signal.train.CrossEntropy;
import ai.signal.train.Dpo;
import ai.signal.train.Dro;
import ai.signal.train.ImportanceSampling;
import ai.signal.train.KlPenalty;
import ai.signal.train.Loss;
import ai.signal.train.Ppo;
import ai.signal.train.Reference;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What training minimises. A setting that the loss does not have is refused.
 *
 * @param name the loss
 * @param beta of dpo (0.1) and dro (0.05)
 * @param labelSmoothing of dpo (0)
 * @param nll of dpo (0): weight of the chosen answers' likelihood
 * @param margin of reward (0): by which the chosen answer's reward is to be higher
 * @param clipLow of ppo (0.8) and cispo (0): least ratio
 * @param clipHigh of ppo (1.2) and cispo (4): greatest ratio
 * @param kl weight of the divergence from the reference, of the losses of log-probabilities but dpo
 *     (none)
 * @param reference of dpo and of losses with kl (start)
 */
public record LossSpec(
    Name name,
    Optional<Double> beta,
    Optional<Double> labelSmoothing,
    Optional<Double> nll,
    Optional<Double> margin,
    Optional<Double> clipLow,
    Optional<Double> clipHigh,
    Optional<Double> kl,
    Optional<Reference> reference) {
  public enum Name {
    CROSS_ENTROPY,
    DPO,
    REWARD,
    IMPORTANCE_SAMPLING,
    PPO,
    CISPO,
    DRO;

    /** Formats that only some losses learn. */
    public static final Set<DataFormat> SPECIAL = Set.of(DataFormat.PREFERENCE, DataFormat.SCORED);

    /** Whether it learns from sampled answers and what they were worth. */
    public boolean ofSamples() {
      return this != CROSS_ENTROPY && !ofPairs();
    }

    /** The format of the records that it learns; AUTO: any with one answer. */
    private DataFormat records() {
      if (ofSamples()) {
        return DataFormat.SCORED;
      }
      return ofPairs() ? DataFormat.PREFERENCE : DataFormat.AUTO;
    }

    /**
     * The format in which it reads a data set whose spec says {@code given}.
     *
     * @throws SpecException.Value if it does not learn records of that format
     */
    public DataFormat records(DataFormat given) {
      DataFormat needed = records();
      boolean learns = needed == DataFormat.AUTO ? !SPECIAL.contains(given) : needed == given;
      if (given != DataFormat.AUTO && !learns) {
        throw new SpecException.Value(
            "data.format",
            given.specName(),
            needed == DataFormat.AUTO
                ? "formats with one answer for loss %s".formatted(Names.of(this))
                : "%s for loss %s".formatted(needed.specName(), Names.of(this)));
      }
      return needed == DataFormat.AUTO ? given : needed;
    }

    /** Whether it learns preferences. */
    public boolean ofPairs() {
      return this == DPO || this == REWARD;
    }
  }

  public LossSpec {
    belongs("beta", beta, name, List.of(Name.DPO, Name.DRO));
    belongs("label_smoothing", labelSmoothing, name, List.of(Name.DPO));
    belongs("nll", nll, name, List.of(Name.DPO));
    belongs("margin", margin, name, List.of(Name.REWARD));
    belongs("clip_low", clipLow, name, List.of(Name.PPO, Name.CISPO));
    belongs("clip_high", clipHigh, name, List.of(Name.PPO, Name.CISPO));
    if (name == Name.DPO && kl.isPresent()) {
      throw new SpecException.Value("kl", kl.get(), "null for dpo, whose beta does this");
    }
    if (name == Name.REWARD && kl.isPresent()) {
      throw new SpecException.Value("kl", kl.get(), "null for reward, which has no probabilities");
    }
    if (reference.isPresent() && name != Name.DPO && kl.isEmpty()) {
      throw new SpecException.Value(
          "reference",
          "= %s is refused: loss %s compares with none; only dpo and losses with kl do"
              .formatted(Names.of(reference.get()), Names.of(name)));
    }
    make(name, beta, labelSmoothing, nll, margin, clipLow, clipHigh, kl, reference);
  }

  public LossSpec(Name name) {
    this(
        name,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static void belongs(String key, Optional<Double> value, Name name, List<Name> losses) {
    if (value.isPresent() && !losses.contains(name)) {
      throw new SpecException.Value(
          key,
          "= %s is refused: loss %s does not have it, only %s"
              .formatted(
                  value.get(),
                  Names.of(name),
                  String.join(" and ", losses.stream().map(Names::of).toList())));
    }
  }

  /** The function. */
  public Loss loss() {
    return make(name, beta, labelSmoothing, nll, margin, clipLow, clipHigh, kl, reference);
  }

  private static Loss make(
      Name name,
      Optional<Double> beta,
      Optional<Double> labelSmoothing,
      Optional<Double> nll,
      Optional<Double> margin,
      Optional<Double> clipLow,
      Optional<Double> clipHigh,
      Optional<Double> kl,
      Optional<Reference> reference) {
    Reference to = reference.orElse(Reference.START);
    try {
      Loss loss =
          switch (name) {
            case CROSS_ENTROPY -> new CrossEntropy();
            case DPO -> new Dpo(beta.orElse(0.1), labelSmoothing.orElse(0.0), nll.orElse(0.0), to);
            case REWARD -> new BradleyTerry(margin.orElse(0.0));
            case IMPORTANCE_SAMPLING -> new ImportanceSampling();
            case PPO -> new Ppo(clipLow.orElse(0.8), clipHigh.orElse(1.2));
            case CISPO -> new Cispo(clipLow.orElse(0.0), clipHigh.orElse(4.0));
            case DRO -> new Dro(beta.orElse(0.05));
          };
      return kl.isPresent() ? new KlPenalty(loss, kl.get(), KlPenalty.Estimator.K3, to) : loss;
    } catch (IllegalArgumentException e) {
      throw new SpecException.Value(
          "name", "= '%s' is refused: %s".formatted(Names.of(name), e.getMessage()));
    }
  }
}
