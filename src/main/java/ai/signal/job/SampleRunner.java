package ai.signal.job;

import ai.signal.data.Prompt;
import ai.signal.data.PromptSet;
import ai.signal.generate.Completion;
import ai.signal.generate.SamplingParams;
import ai.signal.monitor.StageResult;
import ai.signal.train.Reward;
import java.io.IOException;
import java.util.List;

/** Completes prompts with the run's adapter. */
final class SampleRunner implements StageRunner {
  private final SampleStage stage;
  private final int index;

  SampleRunner(SampleStage stage, int index) {
    this.stage = stage;
    this.index = index;
  }

  @Override
  public StageResult run(JobContext job) throws IOException {
    PromptSet found = job.prompts().of(index, job.listener(), job.output());
    List<Prompt> prompts = found.prompts();
    SamplingParams params = stage.params(job.spec().seed());
    List<Completion> completions =
        PromptSampling.complete(job.run(), found.tokens(), params, job.prompts().context());
    CompletionRows.write(job.output(), rows(index), prompts, completions);
    String key = "stages.%d.sample.reward".formatted(index);
    return new StageResult.Sample(
        completions.size(),
        stage.reward().map(spec -> mean(spec.reward(key), prompts, completions)),
        found.skipped().records());
  }

  /** Name in the output of the completions of a stage. */
  static String rows(int stage) {
    return "%s/stage-%d.jsonl".formatted(OutputDirectory.SAMPLES, stage);
  }

  private static double mean(Reward reward, List<Prompt> prompts, List<Completion> completions) {
    double sum = 0;
    int n = completions.size() / prompts.size();
    for (int i = 0; i < completions.size(); i++) {
      sum += Rewarded.of(reward, prompts.get(i / n), completions.get(i));
    }
    return sum / completions.size();
  }
}
