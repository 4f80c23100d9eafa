package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import ai.signal.data.Example;
import ai.signal.generate.SamplingParams;
import ai.signal.lora.LoraConfig;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.DriverLoss;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.Loss;
import ai.signal.train.LossInput;
import ai.signal.train.RunConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever an operation calls may close what it was asked of, and waits for nothing that waits. */
@ExtendWith(SparkExtension.class)
class ClosingTest {
  private static final Loss LOSS = new CrossEntropy();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Of this JVM, which is also the executor. */
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
        GATE.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return LOSS.apply(input);
    }
  }

  private static RunConfig config() {
    return RunConfig.of("builtin:tiny")
        .lora(new LoraConfig(2, 4, 0, List.of("q_proj")))
        .lanes(1)
        .build();
  }

  private static List<Example> batch(AsyncTrainingClient run) {
    return List.of(run.example("Anna has a cup."), run.example("Leo has a book."));
  }

  private static <T> T soon(CompletableFuture<T> future) throws Exception {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void whatDependsOnAnOperation(SparkSession spark) throws Exception {
    AsyncSignalClient signal = AsyncSignalClient.on(spark);
    AsyncTrainingClient run = signal.createRun(config()).result();
    SignalFuture<ForwardBackwardResult> gated = run.forwardBackward(batch(run), new Gated());
    CompletableFuture<Void> closed = gated.toCompletableFuture().thenRun(run::close);
    GATE.countDown();
    soon(closed);
    assertThat(signal.runs().result()).isEmpty();

    AsyncTrainingClient other = signal.createRun(config()).result();
    soon(
        other
            .sample(List.of("Anna"), SamplingParams.greedy(2))
            .toCompletableFuture()
            .thenRun(other::close));
    soon(signal.createRun(config()).toCompletableFuture().whenComplete((r, e) -> signal.close()));
    assertThatThrownBy(signal::runs).hasMessageContaining("the client is closed");
  }

  @Test
  void aListenerOfTraining(SparkSession spark) {
    AsyncSignalClient signal = AsyncSignalClient.on(spark);
    AsyncTrainingClient run = signal.createRun(config()).result();
    SignalFuture<TrainingResult> training =
        run.train(
            batch(run),
            TrainingOptions.of(LOSS, AdamW.of(1e-3))
                .withSteps(100)
                .withListener(progress -> signal.close()));
    assertThatThrownBy(() -> training.result(PATIENCE))
        .isInstanceOf(SignalException.class)
        .isNotInstanceOf(SignalException.TimedOut.class);
    run.close(); // waits for what the listener did not
    assertThatThrownBy(run::step).hasMessageContaining("is closed");
  }

  @Test
  void aLossOnTheDriver(SparkSession spark) {
    AsyncSignalClient signal = AsyncSignalClient.on(spark);
    AsyncTrainingClient run = signal.createRun(config()).result();
    DriverLoss closing =
        (batch, logprobs) -> {
          run.close();
          throw new IllegalStateException("enough");
        };
    SignalFuture<ForwardBackwardResult> closed = run.forwardBackward(batch(run), closing);
    assertThatThrownBy(() -> closed.result(PATIENCE)).hasStackTraceContaining("enough");
    signal.close();
  }

  @Test
  void aConsumerOfTokens(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      AsyncInferenceClient model = signal.inference(config()).async();
      SignalFuture<?> streamed =
          model.stream(
              "Anna",
              SamplingParams.greedy(4),
              token -> {
                model.close();
                throw new IllegalStateException("enough");
              });
      assertThatThrownBy(() -> streamed.result(PATIENCE)).hasStackTraceContaining("enough");
      model.close();
    }
  }
}
