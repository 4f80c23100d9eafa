package ai.signal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.lora.LoraConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tasks that are killed while their native work is under way. */
@ExtendWith(SparkExtension.class)
class KilledTaskTest {
  private static final int EXAMPLES = 400;
  private static final CountDownLatch COMPUTING = new CountDownLatch(4);
  private static final AtomicInteger MICRO_BATCHES = new AtomicInteger();

  /** Cross-entropy that tells this JVM how far the lanes are. */
  private record Watched() implements Loss {
    @Override
    public String name() {
      return "cross_entropy";
    }

    @Override
    public Output apply(LossInput input) {
      MICRO_BATCHES.incrementAndGet();
      COMPUTING.countDown();
      return new CrossEntropy().apply(input);
    }
  }

  @Test
  void theyEndBetweenMicroBatchesAndTheRunGoesOn(SparkSession spark) throws Exception {
    try (SignalClient signal = SignalClient.on(spark)) {
      RunConfig config =
          RunConfig.of("builtin:tiny")
              .lora(new LoraConfig(4, 8, 0.1, List.of("all-linear")))
              .tokensPerMicrobatch(1)
              .build();
      TrainingClient killed = signal.createRun(config);
      TrainingClient undisturbed = signal.createRun(config);
      List<Example> batch = new ArrayList<>();
      for (int i = 0; i < EXAMPLES; i++) {
        batch.add(killed.example("Leo has " + i, " red cups and a book."));
      }

      CompletableFuture<ForwardBackwardResult> operation =
          CompletableFuture.supplyAsync(() -> killed.forwardBackward(batch, new Watched()));
      assertThat(COMPUTING.await(60, TimeUnit.SECONDS)).isTrue();
      spark.sparkContext().cancelAllJobs();

      assertThatThrownBy(() -> operation.get(60, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasStackTraceContaining("cancelled");
      assertThatThrownBy(() -> killed.optimStep(AdamW.of(1e-3)))
          .hasMessageContaining("there is no gradient");
      for (TrainingClient run : List.of(killed, undisturbed)) {
        run.forwardBackward(batch.subList(0, 20), new CrossEntropy());
        run.optimStep(AdamW.of(1e-3));
      }
      assertThat(killed.adapter()).isEqualTo(undisturbed.adapter());
      // The lanes of the killed operation had ended by then: later ones found cores free.
      assertThat(MICRO_BATCHES.get()).isLessThan(EXAMPLES);
    }
  }
}
