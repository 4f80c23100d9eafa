package ai.signal.job;

import ai.signal.data.DataSpec;
import ai.signal.data.Prompt;
import ai.signal.data.Prompts;
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
    List<Prompt> prompts = Prompts.toEvaluate(job.spark(), spec);
    if (prompts.isEmpty()) {
      return new StageResult.Evaluate(loss, Optional.empty(), List.of());
    }
    List<Completion> completions =
        job.run()
            .sample(
                prompts.stream().map(Prompt::prompt).toList(),
                SamplingParams.greedy(stage.maxTokens()));
    CompletionRows.write(job.output(), rows(index), completions);
    return new StageResult.Evaluate(
        loss, Optional.of(exactMatch(prompts, completions)), answers(prompts, completions));
  }

  /** Name in the output of the completions of a stage. */
  static String rows(int stage) {
    return "%s/stage-%d.jsonl".formatted(OutputDirectory.EVALUATION, stage);
  }

  /** The share of completions that equal their reference, trailing white space aside. */
  static double exactMatch(List<Prompt> prompts, List<Completion> completions) {
    int equal = 0;
    for (int i = 0; i < prompts.size(); i++) {
      String reference = prompts.get(i).completion().orElseThrow();
      equal +=
          completions.get(i).completion().stripTrailing().equals(reference.stripTrailing()) ? 1 : 0;
    }
    return (double) equal / prompts.size();
  }

  private static List<StageResult.Answer> answers(
      List<Prompt> prompts, List<Completion> completions) {
    List<StageResult.Answer> answers = new ArrayList<>();
    for (int i = 0; i < Math.min(ANSWERS, prompts.size()); i++) {
      answers.add(
          new StageResult.Answer(
              prompts.get(i).prompt(),
              completions.get(i).completion(),
              prompts.get(i).completion().orElseThrow()));
    }
    return answers;
  }
}
