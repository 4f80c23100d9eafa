package ai.signal.job;

import ai.signal.data.DataException;
import ai.signal.data.InputFile;
import ai.signal.data.LeftOut;
import ai.signal.data.LongPrompts;
import ai.signal.data.PromptSet;
import ai.signal.data.Prompts;
import ai.signal.monitor.JobListener;
import ai.signal.storage.Content;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * The prompts of a job's stages. Those of sample and reinforce stages are read before the first
 * stage runs, so that a prompt which cannot be used ends a job before step 1 and not after hours.
 */
final class StagePrompts {
  private final SparkSession spark;
  private final JobSpec spec;
  private final int context;
  private final Map<Integer, PromptSet> read = new HashMap<>();

  /**
   * @param context tokens that the model's context holds
   */
  StagePrompts(SparkSession spark, JobSpec spec, int context) {
    this.spark = spark;
    this.spec = spec;
    this.context = context;
  }

  /** Tokens that the model's context holds. */
  int context() {
    return context;
  }

  /**
   * Reads the prompts of a stage that has its own.
   *
   * @throws DataException naming the stage, if they cannot be used
   */
  void read(int index) {
    StageSpec stage = spec.stages().get(index);
    if (stage instanceof SampleStage sample) {
      read.put(index, within(index, () -> read(sample)));
    } else if (stage instanceof ReinforceStage reinforce) {
      read.put(index, within(index, () -> read(reinforce)));
    }
  }

  private PromptSet read(SampleStage stage) {
    PromptSet prompts = read(stage.prompts(), 1);
    stage
        .reward()
        .ifPresent(reward -> Rewarded.check(reward, prompts.prompts(), stage.prompts().shown()));
    return prompts;
  }

  private PromptSet read(ReinforceStage stage) {
    PromptSet prompts = read(stage.prompts(), stage.maxTokens());
    Rewarded.check(stage.reward(), prompts.prompts(), stage.prompts().shown());
    return prompts;
  }

  private PromptSet read(PromptData data, int room) {
    return Prompts.toSample(spark, data.spec(), spec.model().base())
        .fitting(context, room, data.onLong())
        .requireSome();
  }

  /**
   * The prompts of a stage that were read before, with a note for people.
   *
   * @throws IOException if bad records cannot be written to quarantine
   */
  PromptSet of(int index, JobListener listener, OutputDirectory output) throws IOException {
    PromptSet prompts = read.remove(index);
    if (prompts == null) {
      read(index);
      prompts = read.remove(index);
    }
    Optional<Content> bad = prompts.quarantine(output.conf());
    String kept = "%s/stage-%d.jsonl".formatted(OutputDirectory.QUARANTINE, index);
    if (bad.isPresent()) {
      output.write(kept, bad.get());
    }
    note(
        prompts.leftOut(),
        bad.isPresent()
            ? "bad records in " + InputFile.shown(output.location(kept))
            : "bad records skipped",
        listener);
    note(prompts.skipped(), "prompts skipped", listener);
    if (prompts.filtered() > 0) {
      listener.noted(String.format(Locale.ROOT, "%,d prompts filtered out", prompts.filtered()));
    }
    return prompts;
  }

  /** The prompts of examples that are evaluated. */
  PromptSet ofExamples(EvaluationData data, JobListener listener) {
    PromptSet prompts =
        Prompts.toEvaluate(spark, data.spec(), spec.model().base())
            .fitting(context, 1, LongPrompts.SKIP);
    note(prompts.skipped(), "prompts skipped", listener);
    return prompts;
  }

  private static void note(LeftOut skipped, String what, JobListener listener) {
    if (skipped.records() > 0) {
      listener.noted(
          String.format(Locale.ROOT, "%,d %s, first %s", skipped.records(), what, skipped.first()));
    }
  }

  private <T> T within(int index, Supplier<T> work) {
    try {
      return work.get();
    } catch (DataException e) {
      String stage = StageSpec.name(spec.stages().get(index).getClass());
      throw new DataException(
          "%s (stages.%d.%s.prompts)".formatted(e.getMessage(), index, stage), e);
    }
  }
}
