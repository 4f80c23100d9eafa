package ai.signal.job;

import ai.signal.data.DataSpec;
import ai.signal.data.Prompt;
import ai.signal.data.PromptSet;
import ai.signal.generate.Completion;
import ai.signal.generate.SamplingParams;
import ai.signal.monitor.StageResult;
import ai.signal.train.CrossEntropy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Loss and exact match of the run's adapter on held-out examples. */
final class EvaluateRunner implements StageRunner {
  private static final int ANSWERS = 8;

  private final EvaluateStage stage;
  private final int index;

  EvaluateRunner(EvaluateStage stage, int index) {
    this.stage = stage;
    this.index = index;
  }

  @Override
  public StageResult run(JobContext job) throws IOException {
    EvaluationData source = stage.data();
    DataSpec spec = source.spec();
    HeldOut data = HeldOut.prepare(job, spec, source.length(), new CrossEntropy());
    double loss = data.measure(job.run().async()).loss();
    Diverged.requireLoss(job, "stages.%d.evaluate".formatted(index), loss);
    PromptSet found = job.prompts().ofExamples(source, job.listener());
    List<Prompt> prompts = found.prompts();
    long skipped = found.skipped().records();
    if (prompts.isEmpty()) {
      return new StageResult.Evaluate(loss, Optional.empty(), List.of(), skipped);
    }
    List<Completion> completions =
        PromptSampling.complete(
            job.run(),
            found.tokens(),
            SamplingParams.greedy(stage.maxTokens()),
            job.prompts().context());
    CompletionRows.write(job.output(), rows(index), prompts, completions);
    return new StageResult.Evaluate(
        loss, exactMatch(prompts, completions), answers(prompts, completions), skipped);
  }

  /** Name in the output of the completions of a stage. */
  static String rows(int stage) {
    return "%s/stage-%d.jsonl".formatted(OutputDirectory.EVALUATION, stage);
  }

  /**
   * The share of completions that equal their reference, except for trailing white space; empty
   * where no prompt has a reference.
   */
  static Optional<Double> exactMatch(List<Prompt> prompts, List<Completion> completions) {
    int equal = 0;
    int compared = 0;
    for (int i = 0; i < prompts.size(); i++) {
      Optional<String> reference = prompts.get(i).completion().map(String::stripTrailing);
      String completion = completions.get(i).completion().stripTrailing();
      equal += reference.filter(completion::equals).isPresent() ? 1 : 0;
      compared += reference.isPresent() ? 1 : 0;
    }
    return compared == 0 ? Optional.empty() : Optional.of((double) equal / compared);
  }

  private static List<StageResult.Answer> answers(
      List<Prompt> prompts, List<Completion> completions) {
    List<StageResult.Answer> answers = new ArrayList<>();
    for (int i = 0; i < Math.min(ANSWERS, prompts.size()); i++) {
      answers.add(
          new StageResult.Answer(
              prompts.get(i).prompt(),
              completions.get(i).completion(),
              prompts.get(i).completion().orElse("")));
    }
    return answers;
  }
}
