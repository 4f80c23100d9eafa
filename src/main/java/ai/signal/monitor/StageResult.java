package ai.signal.monitor;

import java.util.List;
import java.util.Optional;

/** What a stage has to show: an entry of {@code stages} in {@code summary.json}. */
public sealed interface StageResult {
  /** The stage's name in the spec. */
  String stage();

  /** Prompts that the stage skipped because the model cannot complete them. */
  default long skippedPrompts() {
    return 0;
  }

  /**
   * A train stage.
   *
   * @param firstLoss of its first step
   * @param lastLoss of its last step
   * @param tokensPerSecond over all of its steps
   */
  record Train(long steps, double firstLoss, double lastLoss, double tokensPerSecond)
      implements StageResult {
    @Override
    public String stage() {
      return "train";
    }
  }

  /**
   * A reinforce stage.
   *
   * @param firstReward mean of its first step
   * @param lastReward mean of its last step
   * @param skippedPrompts prompts that the model cannot answer
   */
  record Reinforce(long steps, double firstReward, double lastReward, long skippedPrompts)
      implements StageResult {
    /** A stage that could use all prompts. */
    public Reinforce(long steps, double firstReward, double lastReward) {
      this(steps, firstReward, lastReward, 0);
    }

    @Override
    public String stage() {
      return "reinforce";
    }
  }

  /**
   * An evaluate stage.
   *
   * @param loss mean in nats per weighted token
   * @param exactMatch the share of completions that equal their reference; empty for plain text
   * @param answers the first rows, for people
   * @param skippedPrompts prompts that the model cannot complete
   */
  record Evaluate(
      double loss, Optional<Double> exactMatch, List<Answer> answers, long skippedPrompts)
      implements StageResult {
    public Evaluate {
      answers = List.copyOf(answers);
    }

    /** A stage that could use all prompts. */
    public Evaluate(double loss, Optional<Double> exactMatch, List<Answer> answers) {
      this(loss, exactMatch, answers, 0);
    }

    @Override
    public String stage() {
      return "evaluate";
    }
  }

  /**
   * A sample stage.
   *
   * @param completions how many rows it wrote
   * @param reward their mean reward, where they have one
   * @param skippedPrompts prompts that the model cannot complete
   */
  record Sample(long completions, Optional<Double> reward, long skippedPrompts)
      implements StageResult {
    /** A stage that could use all prompts. */
    public Sample(long completions, Optional<Double> reward) {
      this(completions, reward, 0);
    }

    @Override
    public String stage() {
      return "sample";
    }
  }

  /**
   * A save stage.
   *
   * @param mode as in the spec
   * @param path of what was published
   */
  record Save(String mode, String path) implements StageResult {
    @Override
    public String stage() {
      return "save";
    }
  }

  /** A prompt, what the model made of it, and what it should have made of it. */
  record Answer(String prompt, String completion, String reference) {}
}
