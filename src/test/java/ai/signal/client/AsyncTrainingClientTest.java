package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import ai.signal.data.BatchPlan;
import ai.signal.data.DataFormat;
import ai.signal.data.DataSpec;
import ai.signal.data.Example;
import ai.signal.data.LaneDataset;
import ai.signal.generate.Completion;
import ai.signal.generate.SamplingParams;
import ai.signal.lora.LoraConfig;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.DriverLoss;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.ImportanceSampling;
import ai.signal.train.Loss;
import ai.signal.train.LossInput;
import ai.signal.train.OptimStepResult;
import ai.signal.train.RunConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs on real Spark, whose operations are submitted ahead. */
@ExtendWith(SparkExtension.class)
class AsyncTrainingClientTest {
  private static final Loss LOSS = new CrossEntropy();
  private static final AdamW ADAM = AdamW.of(1e-3);

  /** Gates of losses of this JVM, which is also the executor. */
  private static final Map<String, CountDownLatch> GATES = new ConcurrentHashMap<>();

  /** Counted down by a loss at its gate. */
  private static final Map<String, CountDownLatch> ARRIVED = new ConcurrentHashMap<>();

  @TempDir Path directory;

  /** Cross entropy that waits for a gate. */
  private record Gated(String gate) implements Loss {
    @Override
    public String name() {
      return "gated";
    }

    @Override
    public Output apply(LossInput input) {
      try {
        ARRIVED.get(gate).countDown();
        GATES.get(gate).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return LOSS.apply(input);
    }
  }

  private static Gated gated(String gate) {
    GATES.put(gate, new CountDownLatch(1));
    ARRIVED.put(gate, new CountDownLatch(1));
    return new Gated(gate);
  }

  private static TrainingClient run(SignalClient signal, long seed) {
    return signal.createRun(
        RunConfig.of("builtin:tiny")
            .lora(new LoraConfig(2, 4, 0, List.of("q_proj", "v_proj")))
            .seed(seed)
            .lanes(1)
            .build());
  }

  private static List<Example> batch(TrainingClient run, int i) {
    return List.of(run.example("Anna has a cup.", " Leo has " + i + " cups."));
  }

  @Test
  void submittedAheadGivesTheBitsOfAwaited(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient awaited = run(signal, 3);
      for (int i = 0; i < 4; i++) {
        awaited.forwardBackward(batch(awaited, i), LOSS);
        awaited.optimStep(ADAM);
      }
      TrainingClient ahead = run(signal, 3);
      FutureGroup<OptimStepResult> steps = new FutureGroup<>();
      for (int i = 0; i < 4; i++) {
        ahead.async().forwardBackward(batch(ahead, i), LOSS);
        steps.add(ahead.async().optimStep(ADAM));
      }
      SignalFuture<float[]> adapter = ahead.async().adapter();

      assertThat(adapter.sequence()).isEqualTo(9);
      assertThat(adapter.result()).isEqualTo(awaited.adapter());
      assertThat(steps.waitAll().stream().map(OptimStepResult::step))
          .containsExactly(1L, 2L, 3L, 4L);
    }
  }

  @Test
  void sampleAndSaveSeeWhatWasSubmittedBefore(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, 3);
      List<String> prompts = List.of("Anna has a cup.");
      final List<Completion> untrained = run.sample(prompts, SamplingParams.greedy(4));
      // Samples ahead of it keep it waiting, while training behind it goes on.
      FutureGroup<List<Completion>> ahead = new FutureGroup<>();
      for (int i = 0; i < 4; i++) {
        ahead.add(
            run.async()
                .sample(Collections.nCopies(8, prompts.get(0)), SamplingParams.random(200, 1, i)));
      }
      SignalFuture<List<Completion>> before = run.async().sample(prompts, SamplingParams.greedy(4));
      for (int i = 0; i < 6; i++) {
        run.async().forwardBackward(batch(run, 1), LOSS);
        run.async().optimStep(AdamW.of(3e-2));
      }
      SignalFuture<List<Completion>> after = run.async().sample(prompts, SamplingParams.greedy(4));
      String path = directory.resolve("adapter").toString();
      SignalFuture<SavedState> saved = run.async().saveState(SaveMode.ADAPTER, path);
      run.async().forwardBackward(batch(run, 1), LOSS);
      run.async().optimStep(AdamW.of(3e-2));

      assertThat(ahead.waitAll()).hasSize(4);
      assertThat(before.result().get(0).logprobs()).isEqualTo(untrained.get(0).logprobs());
      assertThat(after.result().get(0).logprobs()).isNotEqualTo(untrained.get(0).logprobs());
      saved.result();
      TrainingClient reopened =
          signal.createRun(RunConfig.of("builtin:tiny").init(path).lanes(1).build());
      assertThat(reopened.sample(prompts, SamplingParams.greedy(4)).get(0).logprobs())
          .isEqualTo(after.result().get(0).logprobs());
    }
  }

  @Test
  void aFailureFailsTheOptimStepBehindItAndNoMore(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, 3);
      float[] untouched = run.adapter();
      run.async().forwardBackward(batch(run, 1), LOSS);
      SignalFuture<ForwardBackwardResult> bad =
          run.async().forwardBackward(batch(run, 2), new ImportanceSampling());
      SignalFuture<OptimStepResult> skipped = run.async().optimStep(ADAM);
      SignalFuture<float[]> adapter = run.async().adapter();
      run.async().forwardBackward(batch(run, 3), LOSS);
      SignalFuture<OptimStepResult> good = run.async().optimStep(ADAM);

      assertThatThrownBy(bad::result)
          .isInstanceOf(SignalException.Failed.class)
          .hasMessageContaining(
              "has the inputs [], but importance_sampling needs [advantages, logprobs]");
      assertThatThrownBy(skipped::result)
          .isInstanceOfSatisfying(
              SignalException.Skipped.class,
              failure -> {
                assertThat(failure.operation()).isEqualTo("optim_step");
                assertThat(failure.sequence()).isEqualTo(skipped.sequence());
                assertThat(failure.getCause()).isInstanceOf(SignalException.Failed.class);
              })
          .hasMessageContaining("forward_backward %d before it failed".formatted(bad.sequence()));
      assertThat(adapter.result()).isEqualTo(untouched);
      assertThat(good.result().step()).isEqualTo(1);
    }
  }

  @Test
  void whoAwaitsAFailureMayTryAgain(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, 3);
      assertThatThrownBy(() -> run.forwardBackward(batch(run, 2), new ImportanceSampling()))
          .isInstanceOf(SignalException.Failed.class);
      run.forwardBackward(batch(run, 2), LOSS);
      assertThat(run.optimStep(ADAM).step()).isEqualTo(1);
    }
  }

  @Test
  void theSameKeyIsDoneOnce(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, 3);
      AsyncTrainingClient keyed = run.async().keyed("step-1");
      SignalFuture<ForwardBackwardResult> first = keyed.forwardBackward(batch(run, 1), LOSS);
      SignalFuture<ForwardBackwardResult> retried = keyed.forwardBackward(batch(run, 1), LOSS);
      assertThat(retried).isSameAs(first);
      assertThatThrownBy(() -> keyed.forwardBackward(batch(run, 2), LOSS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(
              "key 'step-1' was used for another request, forward_backward " + first.sequence());
      assertThatThrownBy(() -> keyed.optimStep(ADAM)).hasMessageContaining("another request");
      long tokens = run.optimStep(ADAM).tokens();
      assertThat(tokens).isEqualTo(first.result().tokens());
    }
  }

  @Test
  void stepsOfADataSetHaveKeysToo(SparkSession spark) throws Exception {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, 3);
      Path texts = directory.resolve("texts.jsonl");
      Files.writeString(
          texts, "{\"text\": \"Anna has a cup.\"}\n{\"text\": \"Leo has a book.\"}\n");
      LaneDataset data =
          LaneDataset.prepare(
              spark,
              new DataSpec(List.of(texts.toString()), DataFormat.AUTO, 64),
              "builtin:tiny",
              1,
              directory.toString());
      BatchPlan plan = data.plan(1, 3, true);
      AsyncTrainingClient keyed = run.async().keyed("first");
      SignalFuture<ForwardBackwardResult> first = keyed.forwardBackward(data, plan, 0, LOSS);
      assertThat(keyed.forwardBackward(data, plan, 0, LOSS)).isSameAs(first);
      assertThatThrownBy(() -> keyed.forwardBackward(data, plan, 1, LOSS))
          .hasMessageContaining("another request");
      DriverLoss function = (batch, logprobs) -> new DriverLoss.Output(0, 1, logprobs);
      assertThatThrownBy(() -> keyed.forwardBackward(batch(run, 1), function))
          .as("what is no data cannot be compared")
          .hasMessageContaining("Cannot submit forward_backward");
      assertThat(first.result().tokens()).isPositive();
    }
  }

  @Test
  void whatHasNotBegunCanBeCancelled(SparkSession spark) throws Exception {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, 3);
      SignalFuture<ForwardBackwardResult> running =
          run.async().forwardBackward(batch(run, 1), gated("cancel"));
      SignalFuture<ForwardBackwardResult> waiting =
          run.async().forwardBackward(batch(run, 2), LOSS);
      assertThatThrownBy(() -> running.result(Duration.ofMillis(300)))
          .isInstanceOf(SignalException.TimedOut.class)
          .hasMessageContaining("it goes on");
      ARRIVED.get("cancel").await();
      assertThat(waiting.cancel()).isTrue();
      assertThat(waiting.cancel()).isFalse();
      assertThat(running.cancel()).isFalse();
      GATES.get("cancel").countDown();

      assertThat(running.result().tokens()).isPositive();
      assertThatThrownBy(waiting::result).isInstanceOf(SignalException.Cancelled.class);
      assertThat(run.optimStep(ADAM).tokens()).isEqualTo(running.result().tokens());
    }
  }

  @Test
  void aFullQueueMakesTheSubmitterWait(SparkSession spark) throws Exception {
    ExecutorService submitter = Executors.newSingleThreadExecutor();
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, 3);
      run.async().forwardBackward(batch(run, 1), gated("full"));
      ARRIVED.get("full").await();
      FutureGroup<Long> steps = new FutureGroup<>();
      for (int i = 0; i < AsyncTrainingClient.QUEUE_CAPACITY; i++) {
        steps.add(run.async().step());
      }
      Future<SignalFuture<Long>> oneMore = submitter.submit(() -> run.async().step());
      assertThatThrownBy(() -> oneMore.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      assertThat(steps.cancelAll()).isEqualTo(AsyncTrainingClient.QUEUE_CAPACITY);
      assertThat(oneMore.get()).isNotNull();
      GATES.get("full").countDown();
      assertThat(oneMore.get().result()).isZero();
    } finally {
      submitter.shutdown();
    }
  }

  @Test
  void closingCancelsWhatWaits(SparkSession spark) throws Exception {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, 3);
      final SignalFuture<ForwardBackwardResult> running =
          run.async().forwardBackward(batch(run, 1), gated("close"));
      SignalFuture<ForwardBackwardResult> waiting =
          run.async().forwardBackward(batch(run, 2), LOSS);
      final CompletableFuture<ForwardBackwardResult> told =
          waiting
              .toCompletableFuture()
              .whenComplete((none, failure) -> GATES.get("close").countDown());
      ARRIVED.get("close").await();
      run.close();

      assertThat(running.result().tokens()).isPositive();
      assertThatThrownBy(told::join).hasCauseInstanceOf(SignalException.Cancelled.class);
      assertThatThrownBy(waiting::result).hasMessageContaining("the run was closed");
      assertThatThrownBy(() -> run.async().step()).hasMessageContaining("is closed");
    }
  }

  /** Operations of several threads on several runs: each run does its own in their order. */
  @Test
  void manyThreadsOnManyRunsGiveTheSerialResult(SparkSession spark) throws Exception {
    int runs = 8;
    int threads = 16;
    int operations = 1000;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (SignalClient signal = SignalClient.on(spark)) {
      List<TrainingClient> clients =
          IntStream.range(0, runs).mapToObj(i -> run(signal, i)).toList();
      List<Map<Long, Integer>> done =
          IntStream.range(0, runs)
              .<Map<Long, Integer>>mapToObj(i -> new ConcurrentHashMap<>())
              .toList();
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int thread = t;
        all.add(
            pool.submit(
                () -> {
                  SplittableRandom random = new SplittableRandom(thread);
                  for (int i = thread; i < operations; i += threads) {
                    int which = random.nextInt(runs);
                    int kind = random.nextInt(10);
                    SignalFuture<?> future = submit(clients.get(which), kind);
                    done.get(which).put(future.sequence(), kind);
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
      long steps = 0;
      for (int i = 0; i < runs; i++) {
        TrainingClient serial = run(signal, i);
        new TreeMap<>(done.get(i)).values().forEach(kind -> await(submit(serial, kind)));
        assertThat(clients.get(i).adapter()).as("run %d", i).isEqualTo(serial.adapter());
        assertThat(clients.get(i).step()).isEqualTo(serial.step());
        steps += serial.step();
      }
      assertThat(steps).isGreaterThan(runs);
    } finally {
      pool.shutdown();
    }
  }

  private static void await(SignalFuture<?> future) {
    try {
      future.result();
    } catch (SignalException e) {
      assertThat(e).as("what fails there fails here").isInstanceOf(SignalException.class);
    }
  }

  /** Four of ten change nothing, so that a thousand do not take long; some of the others fail. */
  private static SignalFuture<?> submit(TrainingClient run, int kind) {
    AsyncTrainingClient async = run.async();
    return switch (kind) {
      case 0, 1 -> async.forwardBackward(batch(run, kind), LOSS);
      case 2, 3, 4 -> async.optimStep(ADAM);
      case 5 -> async.forwardBackward(batch(run, 2), new ImportanceSampling());
      default -> async.step();
    };
  }
}
