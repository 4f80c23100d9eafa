package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.model.ModelFormatException;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.RunConfig;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs are created side by side, listed, found and closed; models are listed. */
@ExtendWith(SparkExtension.class)
class SignalClientTest {
  private static final LoraConfig LORA = new LoraConfig(2, 4, 0, List.of("q_proj"));

  private static RunConfig config(String name) {
    return RunConfig.of("builtin:tiny").name(name).lora(LORA).lanes(1).build();
  }

  @Test
  void runsAreListedFoundAndClosed(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient first = signal.createRun(config("one"));
      TrainingClient second = signal.createRun(config("two"));
      first.trainBatch(List.of(first.example("a", "b")), new CrossEntropy(), AdamW.of(1e-3));

      assertThat(signal.runs()).containsExactly(first.info(), second.info());
      RunInfo info = signal.runs().get(0);
      assertThat(info)
          .isEqualTo(
              new RunInfo(
                  info.id(),
                  "one",
                  "builtin:tiny",
                  DType.FLOAT32,
                  LORA,
                  first.layout().size(),
                  1,
                  first.step()));
      assertThat(info.step()).isEqualTo(1);
      assertThat(signal.run("two").info()).isEqualTo(second.info());
      assertThat(signal.run(info.id()).step()).isEqualTo(1);

      second.close();
      assertThat(signal.runs()).containsExactly(info);
      signal.closeRun("one");
      assertThat(signal.runs()).isEmpty();
      assertThatThrownBy(first::step).hasMessageContaining("run one is closed");
    }
  }

  @Test
  void whoIsNotFoundIsSaidAndWhoThereIs(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      assertThatThrownBy(() -> signal.run("one"))
          .hasMessage("Cannot find run 'one': no open run has this id or name, open: none");
      String a = signal.createRun(config("same")).info().id();
      String b = signal.createRun(config("same")).info().id();
      assertThatThrownBy(() -> signal.closeRun("same"))
          .isInstanceOfSatisfying(
              SignalException.Failed.class,
              failure -> {
                assertThat(failure.operation()).isEqualTo("close_run");
                assertThat(failure.getCause()).isInstanceOf(IllegalArgumentException.class);
              })
          .hasMessage(
              "Cannot find run 'same': 2 have this name, ask by id: %s (same), %s (same)"
                  .formatted(a, b));
      assertThat(signal.runs()).hasSize(2);
    }
  }

  @Test
  void modelsAreKnownBeforeTheyAreLoaded(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      assertThat(signal.models()).containsExactly(signal.modelInfo("builtin:tiny"));
      ModelInfo tiny = signal.models().get(0);
      assertThat(tiny.architecture()).isEqualTo("llama");
      assertThat(tiny.parameters()).isPositive();
      assertThat(tiny.context()).isPositive();
      assertThat(tiny.vocabulary()).isPositive();
      assertThatThrownBy(() -> signal.modelInfo("builtin:none"))
          .isInstanceOfSatisfying(
              SignalException.Failed.class,
              failure -> {
                assertThat(failure.operation()).isEqualTo("model_info");
                assertThat(failure.getCause()).isInstanceOf(ModelFormatException.class);
              });
    }
  }

  @Test
  void runsAreCreatedSideBySide(SparkSession spark) {
    GateFileSystem.close(spark.sparkContext().hadoopConfiguration());
    try (AsyncSignalClient signal = AsyncSignalClient.on(spark)) {
      SignalFuture<AsyncTrainingClient> slow =
          signal.createRun(RunConfig.of("gate:///model").name("slow").build());
      FutureGroup<AsyncTrainingClient> others = new FutureGroup<>();
      for (int i = 0; i < 3; i++) {
        others.add(signal.createRun(config("run " + i)));
      }
      assertThat(others.waitAll()).hasSize(3);
      assertThat(slow.isDone()).isFalse();
      assertThat(signal.runs().result())
          .extracting(RunInfo::name)
          .containsExactlyInAnyOrder("run 0", "run 1", "run 2");
      signal.closeRun("run 1").result();
      assertThat(signal.run("run 2").result().step().result()).isZero();

      GateFileSystem.open();
      assertThatThrownBy(slow::result)
          .isInstanceOfSatisfying(
              SignalException.Failed.class,
              failure -> {
                assertThat(failure.operation()).isEqualTo("create_run");
                assertThat(failure.sequence()).isEqualTo(slow.sequence());
                assertThat(failure.getCause()).isInstanceOf(ModelFormatException.class);
              });
      assertThat(signal.runs().result()).hasSize(2);
    }
  }

  @Test
  void closingCancelsWhatWaitsAndClosesEveryRun(SparkSession spark) throws Exception {
    GateFileSystem.close(spark.sparkContext().hadoopConfiguration());
    AsyncSignalClient signal = AsyncSignalClient.on(spark);
    final AsyncTrainingClient run = signal.createRun(config("open")).result();
    FutureGroup<AsyncTrainingClient> slow = new FutureGroup<>();
    for (int i = 0; i < AsyncSignalClient.AT_ONCE; i++) {
      slow.add(signal.createRun(RunConfig.of("gate:///model-" + i).build()));
    }
    SignalFuture<AsyncTrainingClient> waiting = signal.createRun(config("waiting"));
    SignalFuture<AsyncTrainingClient> another = signal.createRun(config("another"));
    assertThat(waiting.cancel()).isTrue();
    assertThat(waiting.cancel()).isFalse();
    Thread opener = // once the last one is cancelled
        new Thread(
            () -> {
              another.toCompletableFuture().exceptionally(failure -> null).join();
              GateFileSystem.open();
            });
    opener.start();
    signal.close();
    opener.join();

    assertThatThrownBy(waiting::result).isInstanceOf(SignalException.Cancelled.class);
    assertThatThrownBy(another::result).isInstanceOf(SignalException.Cancelled.class);
    assertThat(slow.waitAllOutcomes()).allMatch(outcome -> outcome.error() != null);
    assertThatThrownBy(run::step).hasMessageContaining("run open is closed");
    assertThatThrownBy(signal::runs).hasMessage("Cannot submit runs: the client is closed");
  }
}
