package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.CheckpointWriter;
import ai.signal.checkpoint.Expected;
import ai.signal.checkpoint.Manifest;
import ai.signal.checkpoint.SavePolicy;
import ai.signal.checkpoint.Snapshot;
import ai.signal.data.Example;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.storage.Content;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.Loss;
import ai.signal.train.LossInput;
import ai.signal.train.OptimStepResult;
import ai.signal.train.RunConfig;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A run that is saved and loaded goes on as if nothing had been. */
@ExtendWith(SparkExtension.class)
class RunCheckpointTest {
  @TempDir Path directory;

  private static RunConfig.Builder config() {
    return RunConfig.of("builtin:tiny")
        .dtype(DType.FLOAT32)
        .seed(3)
        .lora(new LoraConfig(4, 8, 0.2, List.of("q_proj", "down_proj")));
  }

  private static List<Example> batch(TrainingClient run) {
    return List.of(
        run.example("Anna has a", " red cup."),
        run.example("Leo", " walked to the mill on Monday."),
        run.example("On Friday it", " rained."));
  }

  private static void learn(TrainingClient run, int steps) {
    learn(run, steps, 1e-2);
  }

  private static void learn(TrainingClient run, int steps, double rate) {
    for (int i = 0; i < steps; i++) {
      run.forwardBackward(batch(run), new CrossEntropy());
      run.optimStep(AdamW.of(rate));
    }
  }

  @Test
  void itGoesOnWithTheSameBits(SparkSession spark) {
    String output = directory.resolve("out").toString();
    float[] whole;
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config().build());
      learn(run, 2);
      SignalFuture<SavedState> first = run.async().saveState(SaveMode.STATE, output);
      learn(run, 1); // the snapshot is of when it was asked for
      first.result();
      run.forwardBackward(batch(run), new CrossEntropy()); // half of a step
      SavedState saved = run.saveState(SaveMode.STATE, output);
      assertThat(saved.files())
          .containsExactly("adapter.f32", "moments/mean.f32", "moments/square.f32", "gradient.f32");
      assertThat(saved.bytes()).isEqualTo(4L * 4 * run.layout().size());
      learn(run, 3);
      whole = run.adapter();
    }
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient other = signal.createRun(config().build());
      assertThat(other.loadState(output)).isEqualTo(3);
      learn(other, 3, 5e-2); // elsewhere, with versions of the same numbers
      assertThat(other.step()).isEqualTo(6);
      assertThat(other.adapter()).isNotEqualTo(whole);

      assertThat(other.loadState(output)).isEqualTo(3);
      learn(other, 3);
      assertThat(other.adapter()).isEqualTo(whole);
      assertThat(other.step()).isEqualTo(6);
      assertThat(other.metrics()).extracting(step -> step.step()).containsExactly(4L, 5L, 6L);
    }
  }

  @Test
  void savesThatFollowEachOtherAllSucceedAndALoadSeesThem(SparkSession spark) {
    String output = directory.resolve("out").toString();
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config().build());
      List<SignalFuture<SavedState>> saves = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        run.async().forwardBackward(batch(run), new CrossEntropy());
        run.async().optimStep(AdamW.of(1e-2));
        saves.add(run.async().saveState(SaveMode.STATE, output));
      }
      assertThat(run.loadState(output)).isEqualTo(4);
      assertThat(saves).allSatisfy(save -> assertThat(save.result().bytes()).isPositive());
    }
  }

  @Test
  void aGradientThatIsNotFiniteStaysSo(SparkSession spark) {
    String output = directory.resolve("out").toString();
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config().build());
      run.forwardBackward(batch(run), new Overflowing());
      run.saveState(SaveMode.STATE, output);
      run.loadState(output);
      OptimStepResult update = run.optimStep(AdamW.of(1e-2));
      assertThat(update.applied()).isFalse();
      assertThat(update.gradNorm()).isNaN();
    }
  }

  /** Its gradient is no number. */
  private static final class Overflowing implements Loss {
    private static final long serialVersionUID = 1;

    @Override
    public String name() {
      return "overflowing";
    }

    @Override
    public Output apply(LossInput input) {
      float[] coefficients = new float[input.logprobs().length];
      Arrays.fill(coefficients, Float.NaN);
      return new Output(1, 1, coefficients);
    }
  }

  @Test
  void whatIsNoRunIsLeftOut(SparkSession spark) throws IOException {
    String output = directory.resolve("out").toString();
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config().build());
      learn(run, 1);
      run.saveState(SaveMode.STATE, output);
      try (CheckpointStore store = CheckpointStore.open(output, new Configuration())) {
        Manifest made = store.open(1, Expected.any()).manifest();
        ObjectNode facts = made.facts();
        facts.remove("accumulated");
        Map<String, Content> files = new LinkedHashMap<>();
        files.put("adapter.f32", out -> out.write(new byte[7]));
        files.put("moments/mean", out -> out.write(1));
        try (CheckpointWriter writer =
            CheckpointWriter.open(store, made.run(), SavePolicy.DEFAULT)) {
          writer.save(new Snapshot(2, facts, files));
        }
      }
      assertThat(run.loadState(output)).isEqualTo(1);
    }
  }

  @Test
  void anotherRunTakesTheAdapterAlone(SparkSession spark) {
    String output = directory.resolve("out").toString();
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config().build());
      learn(run, 2);
      run.saveState(SaveMode.STATE, output);

      TrainingClient other = signal.createRun(config().seed(4).lanes(3).build());
      assertThatThrownBy(() -> other.loadState(output))
          .hasMessageContaining(
              "had seed 3, not 4, lanes 2, not 3; create the run with the same settings, or take the adapter alone with loadWeights");
      learn(other, 1);
      other.loadWeights(output);
      assertThat(other.adapter()).isEqualTo(run.adapter());
      assertThat(other.step()).isZero();
      learn(other, 1);
      assertThat(other.step()).isEqualTo(1);

      TrainingClient larger =
          signal.createRun(config().lora(new LoraConfig(8, 8, 0, List.of("q_proj"))).build());
      assertThatThrownBy(() -> larger.loadWeights(output))
          .hasMessageContaining("the state is of an adapter with");
    }
  }

  @Test
  void damageIsPassedOverAndNothingIsNothing(SparkSession spark) throws IOException {
    String output = directory.resolve("out").toString();
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config().build());
      assertThatThrownBy(() -> run.loadState(output))
          .hasMessageContaining("has no checkpoint that is good");
      learn(run, 1);
      run.saveState(SaveMode.STATE, output);
      learn(run, 1);
      run.saveState(SaveMode.STATE, output);
      try (Stream<Path> files = Files.walk(directory.resolve("out/checkpoints/step-00000002"))) {
        Path adapter = files.filter(file -> file.endsWith("adapter.f32")).findFirst().orElseThrow();
        byte[] bytes = Files.readAllBytes(adapter);
        bytes[100] ^= 1;
        Files.write(adapter, bytes);
      }

      assertThat(run.loadState(output)).isEqualTo(1);
    }
  }
}
