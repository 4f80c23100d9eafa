package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.signal.SparkExtension;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.goldens.GoldenCase.Sequence;
import ai.signal.lora.AdapterInit;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.AdapterLayout.Kind;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.model.ModelDirectory;
import ai.signal.train.CrossEntropy;
import ai.signal.train.RunConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An adapter that begins with the base model's own weights changes nothing yet. */
@ExtendWith(SparkExtension.class)
class AdapterStartTest {

  @ParameterizedTest
  @CsvSource({"gqa, FLOAT32", "dora, FLOAT32", "dora, BFLOAT16", "many_half, FLOAT32"})
  void doraAndWholeModulesStartAtTheBaseModel(String name, DType dtype, SparkSession spark) {
    LoraConfig plain = new LoraConfig(4, 8, 0, List.of("all-linear"));
    startsWhereLoraDoes(name, dtype, plain, plain.withDora(true), spark);
    startsWhereLoraDoes(
        name, dtype, plain, plain.withModulesToSave("embed_tokens", "lm_head"), spark);
  }

  @Test
  void aTiedHeadStartsAsTheEmbedding(SparkSession spark) {
    LoraConfig plain = new LoraConfig(4, 8, 0, List.of("q_proj"));
    startsWhereLoraDoes(
        "mha_tied_qv", DType.FLOAT32, plain, plain.withModulesToSave("lm_head"), spark);
  }

  private static void startsWhereLoraDoes(
      String name, DType dtype, LoraConfig plain, LoraConfig other, SparkSession spark) {
    GoldenCase golden = GoldenCase.named(name);
    double tolerance = dtype == DType.FLOAT32 ? 1e-5 : 1e-2;
    assertThat(loss(golden, dtype, other, spark))
        .isCloseTo(loss(golden, dtype, plain, spark), within(tolerance));
  }

  private static double loss(GoldenCase golden, DType dtype, LoraConfig lora, SparkSession spark) {
    List<Example> batch = new ArrayList<>();
    for (Sequence s : golden.sequences().subList(0, 2)) {
      batch.add(new Example("golden", s.tokens(), s.targets(), s.weights()));
    }
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run =
          signal.createRun(RunConfig.of(golden.model().toString()).dtype(dtype).lora(lora).build());
      return run.forward(batch, new CrossEntropy()).loss();
    }
  }

  /** Of one file, and of several shards with a tied head. */
  @ParameterizedTest
  @ValueSource(strings = {"gqa", "mha_tied_qv"})
  void valuesAreTheBaseModels(String name) {
    GoldenCase golden = GoldenCase.named(name);
    ModelDirectory base = ModelDirectory.open(golden.model());
    LoraConfig lora =
        new LoraConfig(4, 8, 0, List.of("all-linear"))
            .withDora(true)
            .withModulesToSave("embed_tokens", "lm_head");
    AdapterLayout layout = AdapterLayout.of(base.config(), lora);
    float[] values = AdapterInit.of(layout, base, 5);
    for (AdapterLayout.Tensor tensor : layout.tensors()) {
      float[] own = Arrays.copyOfRange(values, tensor.offset(), tensor.offset() + tensor.size());
      if (tensor.kind() == Kind.MAGNITUDE) {
        assertThat(Difference.relative(own, norms(weight(base, tensor), tensor.rows())))
            .isLessThan(1e-6);
      } else if (tensor.kind() == Kind.WHOLE) {
        assertThat(own).containsExactly(weight(base, tensor));
      }
    }
  }

  private static float[] weight(ModelDirectory base, AdapterLayout.Tensor tensor) {
    boolean tied = tensor.module().equals("lm_head") && base.config().tieWordEmbeddings();
    String name = (tied ? "model.embed_tokens" : tensor.module()) + ".weight";
    Map<String, float[]> tensors = GoldenTensors.read(base.tensor(name).file());
    return tensors.get(name);
  }

  private static float[] norms(float[] matrix, int rows) {
    int columns = matrix.length / rows;
    float[] norms = new float[rows];
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      for (int i = row * columns; i < (row + 1) * columns; i++) {
        sum += (double) matrix[i] * matrix[i];
      }
      norms[row] = (float) Math.sqrt(sum);
    }
    return norms;
  }

  @Test
  void aScoreHeadIsSmallAndItsSeedsOwn() {
    ModelDirectory base = ModelDirectory.open(GoldenCase.named("rope_llama3").model());
    LoraConfig lora = new LoraConfig(4, 8, 0, List.of("q_proj")).withModulesToSave("score");
    AdapterLayout layout = AdapterLayout.of(base.config(), lora);
    double square = 0;
    int seeds = 200;
    int n = base.config().hiddenSize();
    for (int seed = 0; seed < seeds; seed++) {
      float[] values = AdapterInit.of(layout, base, seed);
      for (int i = layout.size() - n; i < layout.size(); i++) {
        square += (double) values[i] * values[i] / n / seeds;
      }
    }
    // five standard deviations of a mean of squares of normal numbers
    assertThat(square / (0.02 * 0.02)).isCloseTo(1, within(5 * Math.sqrt(2.0 / n / seeds)));
    assertThat(AdapterInit.of(layout, base, 1)).isEqualTo(AdapterInit.of(layout, base, 1));
  }
}
