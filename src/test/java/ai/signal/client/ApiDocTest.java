package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.SparkExtension;
import ai.signal.generate.SamplingParams;
import ai.signal.spec.RecordBinder;
import ai.signal.spec.RunSpec;
import ai.signal.train.AdamW;
import ai.signal.train.Advantages;
import ai.signal.train.BradleyTerry;
import ai.signal.train.Cispo;
import ai.signal.train.CrossEntropy;
import ai.signal.train.Dpo;
import ai.signal.train.Dro;
import ai.signal.train.ImportanceSampling;
import ai.signal.train.Loss;
import ai.signal.train.Optimizer;
import ai.signal.train.Ppo;
import ai.signal.train.RunConfig;
import ai.signal.train.Schedule;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/api.md names every operation, setting, loss, optimizer and error that there is. */
@ExtendWith(SparkExtension.class)
class ApiDocTest {
  private static String page() throws IOException {
    return Files.readString(Path.of("docs/api.md"));
  }

  private static List<String> operations(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
        .map(Method::getName)
        .distinct()
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        SignalClient.class,
        AsyncSignalClient.class,
        Signal.class,
        TrainingClient.class,
        AsyncTrainingClient.class,
        InferenceClient.class,
        AsyncInferenceClient.class,
        SignalFuture.class,
        FutureGroup.class,
        Advantages.class
      })
  void everyOperation(Class<?> type) throws IOException {
    assertThat(operations(type))
        .allSatisfy(name -> assertThat(page()).containsPattern("\\b" + name + "\\b"));
  }

  @Test
  void everySettingOfARunWithItsDefault() throws IOException {
    RunConfig defaults = RunConfig.of("builtin:tiny").build();
    assertThat(operations(RunConfig.Builder.class))
        .filteredOn(name -> !name.equals("build"))
        .allSatisfy(name -> assertThat(page()).containsPattern("\\| .*`" + name + "`.* \\|"));
    assertThat(page())
        .contains("| `dtype` | " + defaults.dtype() + " |")
        .contains("| `lanes` | " + defaults.lanes() + " |")
        .contains("| `threads` | " + defaults.threads() + " |")
        .contains("| `tokensPerMicrobatch` | " + defaults.tokensPerMicrobatch() + " |")
        .contains("| `seed` | " + defaults.seed() + " |")
        .contains("rank %d, alpha %.0f".formatted(defaults.lora().rank(), defaults.lora().alpha()))
        .contains("holds " + AsyncTrainingClient.QUEUE_CAPACITY + " operations")
        .contains(AsyncSignalClient.AT_ONCE + " operations (`AT_ONCE`)")
        .contains("last %,d optim_steps".formatted(MetricsHistory.CAPACITY))
        .contains("last %,d\nfutures".formatted(SubmittedFutures.CAPACITY));
  }

  @Test
  void everySettingOfSamplingWithItsDefault() throws Exception {
    SamplingParams defaults = SamplingParams.of(1).build();
    for (String name : operations(SamplingParams.Builder.class)) {
      if (!name.equals("build")) {
        Object value = SamplingParams.class.getMethod(name).invoke(defaults);
        assertThat(page()).contains("| `%s` | %s |".formatted(name, value));
      }
    }
    assertThat(page()).contains(AsyncInferenceClient.AT_ONCE + " of them are at work");
  }

  @Test
  void everyLossAndOptimizer() throws IOException {
    for (Loss loss :
        List.of(
            new CrossEntropy(),
            new ImportanceSampling(),
            new Ppo(),
            new Cispo(),
            new Dro(),
            new Dpo(),
            new BradleyTerry())) {
      assertThat(page())
          .contains("| `%s` | %s |".formatted(loss.getClass().getSimpleName(), loss.name()));
      assertThat(loss.inputs()).allSatisfy(input -> assertThat(page()).contains("`" + input + "`"));
    }
    for (Class<?> optimizer : Optimizer.class.getPermittedSubclasses()) {
      assertThat(page()).contains("`" + optimizer.getSimpleName() + "`");
    }
    assertThat(operations(Schedule.class))
        .filteredOn(name -> !name.equals("factor"))
        .allSatisfy(name -> assertThat(page()).contains("`" + name + "`"));
  }

  @Test
  void everyError() throws IOException {
    for (Class<?> error : SignalException.class.getPermittedSubclasses()) {
      assertThat(page()).contains("`SignalException." + error.getSimpleName() + "`");
    }
  }

  @Test
  void everyFactOfRunsModelsAndTraining() throws IOException {
    for (Class<?> record :
        List.of(
            RunInfo.class,
            ModelInfo.class,
            TrainBatchResult.class,
            TrainingProgress.class,
            TrainingResult.class)) {
      for (RecordComponent component : record.getRecordComponents()) {
        assertThat(page()).as("%s", record).contains("`" + component.getName() + "`");
      }
    }
  }

  @Test
  void everyOptionOfTrainingWithItsDefault() throws IOException {
    assertThat(operations(TrainingOptions.class))
        .filteredOn(name -> name.startsWith("with"))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(page()).containsPattern("\\| `" + name + "\\b.* \\|"));
    TrainingOptions defaults = TrainingOptions.of(new CrossEntropy(), AdamW.of(1));
    assertThat(page())
        .contains("| `withBatchSize` | " + defaults.batchSize() + " |")
        .contains("| `withEpochs` | " + defaults.epochs() + " |")
        .contains("| `withShuffle` | " + defaults.shuffle() + " |");
    assertThat(defaults.seed()).isEmpty();
    assertThat(defaults.steps()).isEmpty();
    assertThat(defaults.schedule().apply(100).factor(99)).isEqualTo(1);
  }

  @Test
  void everyKeyOfANotebooksRequests() throws IOException {
    requireKeys("createRun", RunSpec.class);
    requireKeys("forwardBackward", Requests.Gradient.class);
    requireKeys("optimStep", Requests.OptimStep.class);
    requireKeys("trainBatch", Requests.TrainBatch.class);
    requireKeys("train", Requests.Train.class);
    requireKeys("train", Requests.Data.class);
    requireKeys("sample", Requests.Prompts.class);
    requireKeys("saveState", Requests.Save.class);
    for (Class<?> example : List.of(ExampleJson.Tokens.class)) {
      assertThat(RecordBinder.keys(example).keySet())
          .allSatisfy(key -> assertThat(page()).contains("`" + key + "`"));
    }
  }

  private static void requireKeys(String method, Class<?> request) throws IOException {
    String row =
        page()
            .lines()
            .filter(line -> line.startsWith("| `") && line.contains("`" + method + "("))
            .filter(line -> line.contains("json)"))
            .findFirst()
            .orElseThrow();
    assertThat(RecordBinder.keys(request).keySet())
        .allSatisfy(key -> assertThat(row).contains("`" + key + "`"));
  }

  @Test
  void everyOperationOfNotebooks(SparkSession spark) throws IOException {
    assertThat(new RunOperations(spark).names())
        .allSatisfy(name -> assertThat(page()).contains("`" + name + "`"));
  }
}
