package ai.signal.job;

import ai.signal.client.TrainBatchResult;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.data.Prompt;
import ai.signal.data.Prompts;
import ai.signal.generate.Completion;
import ai.signal.generate.SamplingParams;
import ai.signal.model.Seeds;
import ai.signal.monitor.StageResult;
import ai.signal.train.Loss;
import ai.signal.train.Reward;
import ai.signal.train.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Answers, rewards, forward_backward and optim_step, step after step. */
final class ReinforceRunner implements StageRunner {
  private final ReinforceStage stage;
  private final int index;

  ReinforceRunner(ReinforceStage stage, int index) {
    this.stage = stage;
    this.index = index;
  }

  @Override
  public StageResult run(JobContext job) {
    List<Prompt> prompts =
        Prompts.toSample(job.spark(), List.of(Locations.uri(stage.prompts().path())));
    Rewarded.check(stage.reward(), prompts, stage.prompts().path());
    Reward reward = stage.reward().reward();
    TrainingClient run = job.run();
    Loss loss = stage.loss().loss();
    Schedule schedule = stage.schedule().schedule(stage.steps());
    job.listener().trainingStarted(stage.steps());
    double first = Double.NaN;
    double last = Double.NaN;
    int step = 0;
    while (step < stage.steps() && !(last >= stage.targetReward().orElse(Double.MAX_VALUE))) {
      final long start = System.nanoTime();
      long seed = Seeds.mix(job.spec().seed(), index, step);
      Rewarded answers = answers(run, prompts, reward, seed);
      last = answers.mean();
      first = step == 0 ? last : first;
      step++;
      List<Example> batch = answers.examples();
      if (batch.isEmpty()) {
        job.listener()
            .noted("step %d teaches nothing: all answers to a prompt are equal".formatted(step));
        continue;
      }
      double rate = stage.optimizer().learningRate() * schedule.factor(step - 1L);
      TrainBatchResult result = run.trainBatch(batch, loss, stage.optimizer().optimizer(rate));
      if (!result.optimStep().applied()) {
        job.listener().noted(TrainRunner.skipped(step, result));
      }
      double epoch = (double) step * stage.batchSize() / prompts.size();
      double seconds = Math.max(1e-9, (System.nanoTime() - start) / 1e9);
      job.listener().stepFinished(result.metrics().within(epoch, seconds).with("reward", last));
    }
    return new StageResult.Reinforce(step, first, last);
  }

  private Rewarded answers(TrainingClient run, List<Prompt> prompts, Reward reward, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Prompt> asked = new ArrayList<>();
    for (int i = 0; i < stage.batchSize(); i++) {
      asked.add(prompts.get(random.nextInt(prompts.size())));
    }
    SamplingParams params =
        SamplingParams.of(stage.maxTokens())
            .n(stage.groupSize())
            .temperature(stage.temperature())
            .seed(seed)
            .build();
    List<Completion> completions = run.sample(asked.stream().map(Prompt::prompt).toList(), params);
    return Rewarded.of(asked, completions, stage.groupSize(), reward, run.tokenizer());
  }
}
