package ai.signal.job;

import ai.signal.client.TrainBatchResult;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.data.Prompt;
import ai.signal.data.PromptSet;
import ai.signal.generate.Completion;
import ai.signal.generate.SamplingParams;
import ai.signal.model.Seeds;
import ai.signal.monitor.StageResult;
import ai.signal.monitor.StepMetrics;
import ai.signal.train.Reward;
import ai.signal.train.Schedule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/** Answers, rewards, forward_backward and optim_step, step after step. */
final class ReinforceRunner implements StageRunner {
  private final ReinforceStage stage;
  private final int index;

  ReinforceRunner(ReinforceStage stage, int index) {
    this.stage = stage;
    this.index = index;
  }

  @Override
  public StageResult run(JobContext job) throws IOException {
    String key = "stages.%d.reinforce".formatted(index);
    PromptSet prompts = job.prompts().of(index, job.listener(), job.output());
    Reward reward = stage.reward().reward(key + ".reward");
    Schedule schedule = stage.schedule().schedule(stage.steps());
    Progress progress =
        job.checkpoints().begin(index, stage.checkpoint(), content(prompts.prompts()));
    if (progress.steps() == 0) {
      job.run().beginTraining(stage.loss().loss());
    } else {
      job.run().resumeTraining(stage.loss().loss());
    }
    job.listener().trainingStarted(stage.steps(), progress.steps());
    while (!progress.finished()) {
      job.checkpoints().requireGoing();
      job.checkpoints().requireSaved();
      progress = step(job, prompts, reward, progress, schedule);
    }
    job.checkpoints().await();
    job.checkpoints().requireGoing(); // a signal that came meanwhile is told instead
    Diverged.require(job, key, stage.optimizer(), progress);
    return new StageResult.Reinforce(
        progress.steps(), progress.first(), progress.last(), prompts.skipped().records());
  }

  private Progress step(
      JobContext job, PromptSet prompts, Reward reward, Progress before, Schedule schedule) {
    final long start = System.nanoTime();
    TrainingClient run = job.run();
    long seed = Seeds.mix(job.spec().seed(), index, before.steps());
    Rewarded answers = answers(run, prompts, reward, seed);
    double mean = answers.mean();
    List<Example> batch = answers.examples();
    long step = before.steps() + 1;
    if (batch.isEmpty()) {
      job.listener()
          .noted("step %d teaches nothing: all answers to a prompt are equal".formatted(step));
      Progress after = end(before.plus(Progress.Step.EMPTY, mean, 0, seconds(start)));
      if (after.finished()) { // with what was learned before
        job.checkpoints().completed(after, run.step(), Optional.empty());
        job.checkpoints().save(run.async().state().result(), Map.of());
      }
      return after;
    }
    double rate = stage.optimizer().learningRate() * schedule.factor(before.steps());
    TrainBatchResult result =
        run.trainBatch(batch, stage.loss().loss(), stage.optimizer().optimizer(rate));
    boolean applied = result.optimStep().applied();
    if (!applied) {
      job.listener().noted(TrainRunner.skipped(step, result));
    }
    double epoch = (double) step * stage.batchSize() / prompts.size();
    double seconds = seconds(start);
    StepMetrics metrics = result.metrics().within(epoch, seconds).with("reward", mean);
    job.listener().stepFinished(metrics);
    Progress.Step kind = applied ? Progress.Step.APPLIED : Progress.Step.NOT_FINITE;
    Progress after = end(before.plus(kind, mean, metrics.tokens(), seconds));
    job.checkpoints().completed(after, metrics.step(), Optional.empty());
    if (after.finished() || job.checkpoints().due(stage.checkpoint(), step, stage.steps())) {
      job.checkpoints().save(run.async().state().result(), Map.of("reward", mean));
    }
    return after;
  }

  private Progress end(Progress progress) {
    boolean enough = progress.last() >= stage.targetReward().orElse(Double.POSITIVE_INFINITY);
    return enough || progress.steps() == stage.steps() ? progress.finish() : progress;
  }

  private static double seconds(long start) {
    return Math.max(1e-9, (System.nanoTime() - start) / 1e9);
  }

  /** What the prompts are, and in which order. */
  private static String content(List<Prompt> prompts) {
    CRC32C crc = new CRC32C();
    for (Prompt prompt : prompts) {
      String identified =
          "Prompt[id=%s, prompt=%s, completion=%s]\n"
              .formatted(prompt.id(), prompt.prompt(), prompt.completion());
      crc.update(identified.getBytes(StandardCharsets.UTF_8));
    }
    return "%d prompts %08x".formatted(prompts.size(), crc.getValue());
  }

  private Rewarded answers(TrainingClient run, PromptSet prompts, Reward reward, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Prompt> asked = new ArrayList<>();
    List<int[]> all = prompts.tokens();
    List<int[]> tokens = new ArrayList<>();
    for (int i = 0; i < stage.batchSize(); i++) {
      int next = random.nextInt(prompts.size());
      asked.add(prompts.prompts().get(next));
      tokens.add(all.get(next));
    }
    SamplingParams params =
        SamplingParams.of(stage.maxTokens())
            .n(stage.groupSize())
            .temperature(stage.temperature())
            .seed(seed)
            .build();
    List<Completion> completions = run.sampleTokens(tokens, params);
    return Rewarded.of(asked, completions, stage.groupSize(), reward);
  }
}
