package ai.signal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import ai.signal.cluster.ClusterReport;
import ai.signal.cluster.Preflight;
import ai.signal.data.Example;
import ai.signal.data.Examples;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelSource;
import ai.signal.model.Tokenizer;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A run that goes on from another's state has its bits. */
@ExtendWith(SparkExtension.class)
class RunStateTest {
  private static final Loss LOSS = new CrossEntropy();
  private final ModelDirectory model = ModelDirectory.open(ModelSource.resolve("builtin:tiny"));

  static Stream<Optimizer> optimizers() {
    double none = Double.POSITIVE_INFINITY;
    return Stream.of(
        AdamW.of(1e-2),
        new Adam(1e-2, 0.9, 0.99, 1e-8, 0.1, none),
        new Sgd(1e-1, 0.9, true, 0.01, none),
        new Sgd(1e-1, 0, false, 0, none),
        new Adafactor(1e-2, -0.8, 1e-3, 1, 0.01, none),
        new LoraPlus(AdamW.of(1e-2), 4));
  }

  private Run run(SparkSession spark, long seed, int rank) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    ClusterReport executors = Preflight.of(context, "state");
    RunConfig config =
        RunConfig.of("builtin:tiny")
            .dtype(DType.FLOAT32)
            .seed(seed)
            .lora(new LoraConfig(rank, 8, 0.2, List.of("q_proj", "down_proj")))
            .build();
    return new Run(context, config, model, executors);
  }

  private List<Example> batch() {
    try (Tokenizer tokenizer = Tokenizer.load(model.path())) {
      Examples examples = new Examples(model.path(), tokenizer, 512);
      return List.of(
          examples.of("Anna has a", " red cup."),
          examples.of("Leo", " walked to the mill on Monday."),
          examples.of("On Friday it", " rained."));
    }
  }

  private void learn(Run run, Optimizer optimizer, int steps) {
    for (int i = 0; i < steps; i++) {
      run.forwardBackward("learn", batch(), LOSS);
      run.optimStep(optimizer, Normalization.MEAN);
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void itGoesOnWithTheSameBits(Optimizer optimizer, SparkSession spark) {
    try (Run whole = run(spark, 3, 4);
        Run other = run(spark, 3, 4)) {
      learn(whole, optimizer, 2);
      whole.forwardBackward("half", batch(), LOSS); // in the middle of a step
      learn(other, optimizer, 5); // has been elsewhere
      other.forwardBackward("half", batch(), LOSS);
      other.forwardBackward("half", batch(), LOSS);

      other.restore(whole.state());

      RunState again = other.state();
      assertThat(again).usingRecursiveComparison().isEqualTo(whole.state());
      learn(whole, optimizer, 3);
      learn(other, optimizer, 3);
      assertThat(other.values()).isEqualTo(whole.values());
      assertThat(other.step()).isEqualTo(whole.step()).isEqualTo(5);
    }
  }

  @Test
  void aStateIsNotForAnotherAdapterOrOptimizer(SparkSession spark) {
    try (Run small = run(spark, 3, 4);
        Run large = run(spark, 3, 8)) {
      learn(small, AdamW.of(1e-2), 1);
      assertThatThrownBy(() -> large.restore(small.state()))
          .hasMessageMatching(
              "Cannot continue run: the state is of an adapter with \\d+ values, this one has \\d+");
      Sgd sgd = new Sgd(1e-1, 0.9, false, 0, Double.POSITIVE_INFINITY);
      small.restore(small.state());
      small.forwardBackward("again", batch(), LOSS);
      assertThatThrownBy(() -> small.optimStep(sgd, Normalization.MEAN))
          .hasMessageContaining("the run's optimizer is adamw and keeps its state");
    }
  }
}
