package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import ai.signal.data.BatchPlan;
import ai.signal.data.DataFormat;
import ai.signal.data.DataSpec;
import ai.signal.data.Example;
import ai.signal.data.LaneDataset;
import ai.signal.lora.LoraConfig;
import ai.signal.monitor.StepMetrics;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.ImportanceSampling;
import ai.signal.train.Loss;
import ai.signal.train.LossInput;
import ai.signal.train.OptimStepResult;
import ai.signal.train.RunConfig;
import ai.signal.train.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** train, trainEpoch and trainBatch do what their operations do one by one, and tell of it. */
@ExtendWith(SparkExtension.class)
class TrainingLoopTest {
  private static final Loss LOSS = new CrossEntropy();
  private static final AdamW ADAM = AdamW.of(1e-2);

  /** Of this JVM, which is also the executor. */
  private static final CountDownLatch ARRIVED = new CountDownLatch(1);

  private static final CountDownLatch GATE = new CountDownLatch(1);

  /** Cross entropy that waits until it may. */
  private record Gated() implements Loss {
    @Override
    public String name() {
      return "gated";
    }

    @Override
    public Output apply(LossInput input) {
      try {
        ARRIVED.countDown();
        GATE.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return LOSS.apply(input);
    }
  }

  private static TrainingClient run(SignalClient signal) {
    return signal.createRun(
        RunConfig.of("builtin:tiny")
            .lora(new LoraConfig(2, 4, 0.1, List.of("q_proj", "v_proj")))
            .seed(5)
            .build());
  }

  private static List<Example> examples(TrainingClient run, int count) {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      examples.add(run.example("Anna has a cup.", " Leo has " + i + " cups."));
    }
    return examples;
  }

  /** Functions are no part of a key: those of a retry are others, and do the same. */
  @Test
  void aRetryOfTrainingIsDoneOnce(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal);
      List<Example> examples = examples(run, 2);
      AsyncTrainingClient keyed = run.async().keyed("training");
      SignalFuture<TrainingResult> first = keyed.train(examples, hearing(new ArrayList<>()));
      assertThat(keyed.train(examples, hearing(new ArrayList<>()))).isSameAs(first);
      assertThatThrownBy(() -> keyed.train(examples, hearing(new ArrayList<>()).withShuffle(false)))
          .hasMessageContaining("key 'training' was used for another request");
      assertThat(first.result().steps()).isEqualTo(1);
    }
  }

  private static TrainingOptions hearing(List<TrainingProgress> heard) {
    return TrainingOptions.of(LOSS, ADAM)
        .withSchedule(steps -> Schedule.linear(heard.size(), steps))
        .withListener(heard::add);
  }

  @Test
  void trainingIsItsStepsOneByOne(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient byHand = run(signal);
      List<Example> examples = examples(byHand, 7);
      BatchPlan plan = new BatchPlan(7, 1, 3, 5, true); // the seed is the run's
      Schedule schedule = Schedule.cosine(2, 6);
      List<Double> losses = new ArrayList<>();
      for (int step = 0; step < 6; step++) {
        List<Example> batch = Arrays.stream(plan.indices(step, 0)).mapToObj(examples::get).toList();
        losses.add(byHand.forwardBackward(batch, LOSS).loss());
        byHand.optimStep(ADAM.withLearningRate(1e-2 * schedule.factor(step)));
      }
      List<TrainingProgress> heard = new ArrayList<>();
      TrainingOptions options =
          TrainingOptions.of(LOSS, ADAM)
              .withBatchSize(3)
              .withEpochs(2)
              .withSchedule(steps -> Schedule.cosine(2, steps))
              .withListener(heard::add);
      TrainingClient run = run(signal);
      TrainingResult result = run.train(examples, options);

      assertThat(run.adapter()).isEqualTo(byHand.adapter());
      assertThat(result.steps()).isEqualTo(6);
      assertThat(result.skipped()).isZero();
      assertThat(result.firstLoss()).isEqualTo(losses.get(0));
      assertThat(result.lastLoss()).isEqualTo(losses.get(5));
      assertThat(heard).extracting(TrainingProgress::step).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
      assertThat(heard.get(5).secondsLeft()).isZero();
      assertThat(heard)
          .extracting(progress -> progress.result().metrics())
          .isEqualTo(run.metrics());
      assertThat(run.metrics()).extracting(StepMetrics::loss).isEqualTo(losses);
      assertThat(run.metrics().get(2).epoch()).isEqualTo(1);
      assertThat(run.metrics()).extracting(StepMetrics::learningRate).contains(5e-3, 1e-2);

      TrainingClient inEpochs = run(signal);
      inEpochs.trainEpoch(examples, options, 0);
      inEpochs.async().trainEpoch(examples, options, 1).result();
      assertThat(inEpochs.adapter()).isEqualTo(byHand.adapter());
      assertThatThrownBy(() -> inEpochs.trainEpoch(examples, options, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "Cannot train epoch 2: the options have 6 steps, 3 in an epoch; epochs count from 0");
    }
  }

  /** Saved between two steps of a training, it goes on in another run. */
  @Test
  void trainingGoesOnBehindAStep(SparkSession spark, @TempDir Path directory) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient whole = run(signal);
      List<Example> examples = examples(whole, 7);
      TrainingOptions options =
          TrainingOptions.of(LOSS, ADAM)
              .withBatchSize(3)
              .withEpochs(2)
              .withSchedule(steps -> Schedule.cosine(2, steps));
      String output = directory.toString();
      List<Long> submitted = new ArrayList<>();
      List<SignalFuture<SavedState>> saved = new ArrayList<>();
      whole.train(
          examples,
          options.withSubmitted(
              step -> {
                submitted.add(step);
                if (step == 4) {
                  saved.add(whole.async().saveState(SaveMode.STATE, output));
                }
              }));
      assertThat(submitted).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);

      saved.get(0).result();
      TrainingClient rest = run(signal);
      assertThat(rest.loadState(output)).isEqualTo(4);
      List<TrainingProgress> heard = new ArrayList<>();
      TrainingOptions behind = options.withFirstStep(4).withListener(heard::add);
      assertThat(rest.train(examples, behind).steps()).isEqualTo(2);
      assertThat(heard)
          .extracting(progress -> progress.result().metrics().step())
          .containsExactly(5L, 6L);
      assertThat(rest.adapter()).isEqualTo(whole.adapter());
      assertThatThrownBy(() -> rest.train(examples, options.withFirstStep(6)))
          .hasMessage("Cannot train behind step 6: there are 6 steps");
      assertThatThrownBy(() -> options.withFirstStep(-1))
          .hasMessage("Cannot train: first_step is -1, it must be 0 or more");
    }
  }

  @Test
  void laneFilesToo(SparkSession spark, @TempDir Path directory) throws Exception {
    Path texts = directory.resolve("texts.jsonl");
    Files.writeString(
        texts,
        "{\"text\": \"Anna has a cup.\"}\n{\"text\": \"Leo has a book.\"}\n{\"text\": \"Mia ran.\"}\n");
    LaneDataset data =
        LaneDataset.prepare(
            spark,
            new DataSpec(List.of(texts.toString()), DataFormat.AUTO, 64),
            "builtin:tiny",
            2,
            directory.toString());
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient byHand = run(signal);
      BatchPlan plan = data.plan(2, 9, true);
      for (int step = 0; step < 5; step++) {
        byHand.forwardBackward(data, plan, step, LOSS);
        byHand.optimStep(ADAM);
      }
      TrainingOptions options =
          TrainingOptions.of(LOSS, ADAM).withBatchSize(2).withSeed(9).withSteps(5);
      TrainingClient run = run(signal);
      assertThat(run.async().train(data, options).result().steps()).isEqualTo(5);
      assertThat(run.adapter()).isEqualTo(byHand.adapter());

      TrainingClient inEpochs = run(signal);
      for (int epoch = 0; epoch < 3; epoch++) {
        inEpochs.trainEpoch(data, options, epoch);
      }
      assertThat(inEpochs.adapter()).isEqualTo(byHand.adapter());
    }
  }

  @Test
  void theNextStepIsSubmittedBeforeOneIsAwaited(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal);
      List<Long> sequences = new ArrayList<>();
      run.train(
          examples(run, 4),
          TrainingOptions.of(LOSS, ADAM)
              .withBatchSize(1)
              .withListener(step -> sequences.add(run.async().step().sequence())));
      // Two steps ahead of the first, then one of ours and one of theirs in turn.
      assertThat(sequences).containsExactly(3L, 5L, 7L, 8L);
    }
  }

  @Test
  void aStepThatFailsEndsItAndNoneBehindIsApplied(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal);
      List<Example> examples = new ArrayList<>(examples(run, 4));
      for (int i : new int[] {0, 1, 3}) {
        float[] zeros = new float[examples.get(i).length()];
        examples.set(i, examples.get(i).with("logprobs", zeros).with("advantages", zeros));
      }
      TrainingOptions options =
          TrainingOptions.of(new ImportanceSampling(), ADAM).withBatchSize(1).withShuffle(false);
      assertThatThrownBy(() -> run.train(examples, options))
          .isInstanceOfSatisfying(
              SignalException.Failed.class,
              failure -> assertThat(failure.operation()).isEqualTo("train_batch"))
          .hasMessageContaining("needs [advantages, logprobs]");
      assertThat(run.step()).isEqualTo(2);
      assertThatThrownBy(() -> run.async().train(examples, options).result())
          .isInstanceOf(SignalException.Failed.class)
          .hasMessageContaining("needs [advantages, logprobs]");
      assertThat(run.step()).isEqualTo(4);
      assertThat(run.metrics()).hasSize(4);
      assertThat(run.trainBatch(examples(run, 1), LOSS, ADAM).optimStep().step()).isEqualTo(5);
    }
  }

  @Test
  void trainingCanBeCancelledBehindTheStepThatHasBegun(SparkSession spark) throws Exception {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal);
      SignalFuture<TrainingResult> training =
          run.async()
              .train(examples(run, 4), TrainingOptions.of(new Gated(), ADAM).withBatchSize(1));
      ARRIVED.await();
      assertThat(training.cancel()).isTrue();
      assertThat(training.cancel()).isFalse();
      GATE.countDown();
      assertThatThrownBy(training::result)
          .isInstanceOf(SignalException.Cancelled.class)
          .hasMessage("train 1 was cancelled");
      assertThat(run.step()).isEqualTo(1);
    }
  }

  @Test
  void closingTheRunEndsTraining(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal);
      CountDownLatch begun = new CountDownLatch(1);
      SignalFuture<TrainingResult> training =
          run.async()
              .train(
                  examples(run, 4),
                  TrainingOptions.of(LOSS, ADAM)
                      .withSteps(1_000_000)
                      .withListener(step -> begun.countDown()));
      begun.await();
      run.close();
      assertThat(training.isDone()).isTrue();
      assertThatThrownBy(training::result)
          .isInstanceOf(SignalException.class)
          .hasMessageContaining("closed");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aBatchIsAppliedWholeOrNotAtAll(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal);
      TrainingClient parts = run(signal);
      List<Example> batch = examples(run, 2);
      TrainBatchResult whole = run.trainBatch(batch, LOSS, ADAM);
      ForwardBackwardResult gradient = parts.forwardBackward(batch, LOSS);
      OptimStepResult update = parts.optimStep(ADAM);
      assertThat(whole.forwardBackward().loss()).isEqualTo(gradient.loss());
      assertThat(whole.optimStep().gradNorm()).isEqualTo(update.gradNorm());
      assertThat(run.adapter()).isEqualTo(parts.adapter());

      float[] before = run.adapter();
      run.forwardBackward(batch, LOSS);
      assertThatThrownBy(() -> run.trainBatch(batch, new ImportanceSampling(), ADAM))
          .isInstanceOfSatisfying(
              SignalException.Failed.class,
              failure -> assertThat(failure.operation()).isEqualTo("train_batch"));
      assertThatThrownBy(() -> run.optimStep(ADAM)).hasMessageContaining("there is no gradient");
      assertThat(run.adapter()).isEqualTo(before);

      SignalFuture<TrainBatchResult> once = run.async().keyed("a").trainBatch(batch, LOSS, ADAM);
      assertThat(run.async().keyed("a").trainBatch(batch, LOSS, ADAM)).isSameAs(once);
      assertThatThrownBy(
              () -> run.async().keyed("a").trainBatch(batch, LOSS, ADAM.withLearningRate(1)))
          .hasMessageContaining("another request");
      assertThat(run.step()).isEqualTo(2);
    }
  }

  @Test
  void metricsAddUpTheCallsOfAStep(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal);
      List<Example> examples = examples(run, 3);
      ForwardBackwardResult one = run.forwardBackward(examples.subList(0, 2), LOSS);
      ForwardBackwardResult two = run.forwardBackward(examples.subList(2, 3), LOSS);
      OptimStepResult first = run.optimStep(ADAM);
      run.forwardBackward(examples, LOSS);
      run.zeroGrad();
      run.forwardBackward(examples.subList(0, 1), LOSS);
      OptimStepResult once = run.optimStep(ADAM.withLearningRate(0.5)); // this step's alone
      run.forwardBackward(examples.subList(0, 1), LOSS);
      run.optimStep(ADAM);

      assertThat(once.learningRate()).isEqualTo(0.5);
      List<StepMetrics> history = run.metrics();
      assertThat(history).extracting(StepMetrics::step).containsExactly(1L, 2L, 3L);
      assertThat(history).extracting(StepMetrics::learningRate).containsExactly(1e-2, 0.5, 1e-2);
      StepMetrics step = history.get(0);
      assertThat(step.loss())
          .isEqualTo((one.lossSum() + two.lossSum()) / (one.denominator() + two.denominator()));
      assertThat(step.gradNorm()).isEqualTo(first.gradNorm());
      assertThat(step.tokens()).isEqualTo(one.tokens() + two.tokens());
      assertThat(step.lossTokens()).isEqualTo(one.lossTokens() + two.lossTokens());
      assertThat(step.epoch()).isNaN();
      assertThat(step.seconds().compute())
          .isEqualTo(one.seconds().compute() + two.seconds().compute());
      assertThat(step.tokensPerSecond()).isPositive();
      assertThat(history.get(1).tokens()).isEqualTo(examples.get(0).length());
    }
  }

  @Test
  void theLastOfManyStepsAreKept() {
    MetricsHistory history = new MetricsHistory();
    for (int i = 0; i < MetricsHistory.CAPACITY + 2; i++) {
      history.added(
          new ForwardBackwardResult(
              1,
              2,
              2,
              3,
              2,
              Map.of("k", 0.5),
              List.of(),
              new ForwardBackwardResult.Seconds(1, 2, 3)),
          System.nanoTime());
      history.applied(new OptimStepResult(i, 0.1, 1, 3, true, 0), 0.5, List.of());
    }
    assertThat(history.steps()).hasSize(MetricsHistory.CAPACITY);
    assertThat(history.steps().get(0).step()).isEqualTo(2);
    assertThat(history.steps().get(0).metrics()).isEqualTo(Map.of("k", 0.5));
  }
}
