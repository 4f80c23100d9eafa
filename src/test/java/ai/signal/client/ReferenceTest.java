package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.signal.SparkExtension;
import ai.signal.data.Example;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.Dpo;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.KlPenalty;
import ai.signal.train.Loss;
import ai.signal.train.Reference;
import ai.signal.train.RunConfig;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The model that losses compare with: what the training began with, or the base model. */
@ExtendWith(SparkExtension.class)
class ReferenceTest {
  private static final Dpo BASE = new Dpo(0.1, 0, 0, Reference.BASE);
  private static final AdamW ADAM = AdamW.of(5e-3);

  @TempDir static Path directory;
  private static SignalClient signal;

  @BeforeAll
  static void open(SparkSession spark) {
    signal = SignalClient.on(spark);
  }

  @AfterAll
  static void close() {
    signal.close();
  }

  private static TrainingClient run(String... targets) {
    return signal.createRun(
        RunConfig.of("builtin:tiny")
            .dtype(DType.FLOAT32)
            .lora(new LoraConfig(4, 8, 0, List.of(targets)))
            .build());
  }

  private static TrainingClient run() {
    return run("q_proj", "down_proj");
  }

  private static Example answer(TrainingClient run) {
    return run.example("Anna has a book.", " Leo has a cup.");
  }

  private static List<Example> pairs(TrainingClient run) {
    return List.of(run.preference("Anna has a book.", " Leo has a cup.", " Mia reads."));
  }

  private static void tune(TrainingClient run) {
    for (int i = 0; i < 3; i++) {
      run.trainBatch(List.of(answer(run)), new CrossEntropy(), ADAM);
    }
  }

  private static void prefer(TrainingClient run, Loss loss, int steps) {
    for (int i = 0; i < steps; i++) {
      run.trainBatch(pairs(run), loss, ADAM);
    }
  }

  @Test
  void aTrainingComparesWithTheAdapterThatItBeganWith() {
    TrainingClient run = run();
    double untrained = -run.forward(List.of(answer(run)), new CrossEntropy()).lossSum();
    tune(run);
    double tuned = -run.forward(List.of(answer(run)), new CrossEntropy()).lossSum();
    ForwardBackwardResult base = run.forward(pairs(run), BASE);
    assertThat(base.metrics().get("chosen_reward"))
        .isCloseTo(0.1 * (tuned - untrained), within(1e-4));
    assertThat(base.loss()).isLessThan(0.6);

    ForwardBackwardResult first = run.forward(pairs(run), new Dpo());
    assertThat(first.loss()).isEqualTo(Math.log(2));
    prefer(run, new Dpo(), 2);

    double now = -run.forward(List.of(answer(run)), new CrossEntropy()).lossSum();
    assertThat(run.forward(pairs(run), new Dpo()).metrics().get("chosen_reward"))
        .isCloseTo(0.1 * (now - tuned), within(1e-4));
    run.beginTraining(new Dpo());
    assertThat(run.forward(pairs(run), new Dpo()).loss()).isEqualTo(Math.log(2));
  }

  @Test
  void trainBeginsATrainingAndItsEpochsAreOne() {
    TrainingClient run = run();
    tune(run);
    prefer(run, new Dpo(), 1);
    TrainingOptions options =
        TrainingOptions.of(new Dpo(), ADAM).withBatchSize(1).withEpochs(2).withShuffle(false);
    assertThat(run.trainEpoch(pairs(run), options, 0).firstLoss()).isEqualTo(Math.log(2));
    assertThat(run.trainEpoch(pairs(run), options, 1).firstLoss()).isLessThan(0.69);
  }

  @Test
  void aKlTermFollows() {
    TrainingClient run = run();
    tune(run);
    Loss start = new KlPenalty(new CrossEntropy(), 1, KlPenalty.Estimator.K3);
    Loss base = new KlPenalty(new CrossEntropy(), 1, KlPenalty.Estimator.K3, Reference.BASE);
    List<Example> batch = List.of(answer(run));
    assertThat(run.forward(batch, start).metrics().get("kl_base")).isZero();
    assertThat(run.forward(batch, base).metrics().get("kl_base")).isGreaterThan(0.01);
    assertThatThrownBy(() -> new KlPenalty(BASE, 1, KlPenalty.Estimator.K3))
        .hasMessageContaining("its reference is START, that of dpo is BASE");
  }

  /** DoRA's magnitudes are not zero where the adapter changes nothing. */
  @Test
  void anUntrainedAdapterIsTheBaseModelBitForBit() {
    for (boolean dora : List.of(false, true)) {
      LoraConfig lora = new LoraConfig(4, 8, 0, List.of("q_proj", "down_proj"));
      TrainingClient start = created(dora ? lora.withDora(true) : lora);
      TrainingClient base = created(dora ? lora.withDora(true) : lora);
      prefer(start, new Dpo(), 2);
      prefer(base, BASE, 2);
      assertThat(start.adapter()).isEqualTo(base.adapter());
    }
  }

  private static TrainingClient created(LoraConfig lora) {
    return signal.createRun(RunConfig.of("builtin:tiny").dtype(DType.FLOAT32).lora(lora).build());
  }

  @Test
  void aResumedTrainingHasTheSameReference() {
    for (boolean tuned : List.of(false, true)) {
      String output = directory.resolve("resumed-" + tuned).toString();
      TrainingClient run = run();
      if (tuned) {
        tune(run);
      }
      prefer(run, new Dpo(), 2);
      assertThat(run.saveState(SaveMode.STATE, output).files().contains("start.f32"))
          .isEqualTo(tuned);
      prefer(run, new Dpo(), 2);

      TrainingClient other = run();
      tune(other);
      prefer(other, new Dpo(), 1); // with a reference of its own
      other.loadState(output);
      prefer(other, new Dpo(), 2);
      assertThat(other.adapter()).isEqualTo(run.adapter());

      other.loadWeights(output); // a new training
      assertThat(other.forward(pairs(other), new Dpo()).loss()).isEqualTo(Math.log(2));
    }
  }

  @Test
  void aStateBeforeThatTrainingHasNone() {
    String output = directory.resolve("tuned").toString();
    TrainingClient run = run();
    tune(run);
    assertThat(run.saveState(SaveMode.STATE, output).files()).doesNotContain("start.f32");
    TrainingClient other = run();
    other.loadState(output);
    assertThat(other.forward(pairs(other), new Dpo()).loss()).isEqualTo(Math.log(2));
  }

  /** As of a version whose reference was always the base model. */
  @Test
  void aTrainingWhoseStateHasNoReferenceComparesWithTheBaseModel() {
    TrainingClient run = run();
    tune(run);
    run.resumeTraining(new Dpo());
    assertThat(run.forward(pairs(run), new Dpo()).loss())
        .isEqualTo(run.forward(pairs(run), BASE).loss())
        .isLessThan(0.6);
  }

  @Test
  void anAdapterThatTheRunBeginsWithIsTheReference() {
    String output = directory.resolve("adapter").toString();
    TrainingClient run = run();
    tune(run);
    run.saveState(SaveMode.ADAPTER, output);
    TrainingClient other =
        signal.createRun(RunConfig.of("builtin:tiny").dtype(DType.FLOAT32).init(output).build());
    assertThat(other.forward(pairs(other), new Dpo()).loss()).isEqualTo(Math.log(2));
    assertThat(other.forward(pairs(other), BASE).loss()).isLessThan(0.6);
  }
}
