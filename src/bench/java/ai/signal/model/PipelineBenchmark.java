package ai.signal.model;

import ai.signal.client.AsyncTrainingClient;
import ai.signal.client.FutureGroup;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.ForwardBackwardResult;
import ai.signal.train.OptimStepResult;
import ai.signal.train.RunConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.SparkSession;

/**
 * Training whose operations are awaited one by one beside training that submits ahead, with the
 * same batches, tokenized as they are needed. What can be won is the time of preparing a batch, and
 * of going back and forth between threads.
 *
 * <pre>{@code mvn -q test-compile exec:exec@benchmark -Dbenchmark=Pipeline}</pre>
 */
final class PipelineBenchmark {
  private static final int STEPS = 15;
  private static final int PAIRS = 5;
  private static final int EXAMPLES = 2;
  private static final AdamW ADAM = AdamW.of(1e-3);

  private static long preparing; // nanoseconds in this pair

  private PipelineBenchmark() {}

  /** Starts itself in a JVM with the options that Spark needs. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length > 0) {
      measure();
      System.exit(0); // libtorch's threads would keep the JVM
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(PipelineBenchmark.class.getName(), "measure"));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.start().waitFor();
  }

  private static void measure() {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.broadcast.compress", false)
            .getOrCreate();
    try (SignalClient signal = SignalClient.on(spark)) {
      // One lane: the other core is the caller's.
      TrainingClient run =
          signal.createRun(RunConfig.of("builtin:tiny").dtype(DType.BFLOAT16).lanes(1).build());
      measure("sentences", run, 3);
      measure("documents", run, 600);
    }
  }

  /**
   * @param repeats of a sentence in each example, which the model's context cuts
   */
  private static void measure(String name, TrainingClient run, int repeats) {
    awaited(run, repeats);
    ahead(run, repeats);
    double[] ratios = new double[PAIRS];
    for (int i = 0; i < PAIRS; i++) {
      preparing = 0;
      double one = awaited(run, repeats);
      double share = preparing / 1e9 / one;
      double other = ahead(run, repeats);
      ratios[i] = other / one;
      System.out.printf(
          Locale.ROOT,
          "%s: awaited %.2f s, of it %.1f %% preparing; submitted ahead %.2f s, ratio %.3f%n",
          name,
          one,
          100 * share,
          other,
          ratios[i]);
    }
    Arrays.sort(ratios);
    System.out.printf(Locale.ROOT, "%s: median ratio %.3f%n", name, ratios[PAIRS / 2]);
  }

  private static List<Example> batch(TrainingClient run, int step, int repeats) {
    long start = System.nanoTime();
    List<Example> batch = new ArrayList<>();
    for (int i = 0; i < EXAMPLES; i++) {
      String sentence = "On Monday Anna gave %d red cups to Leo at the inn. ".formatted(step + i);
      batch.add(run.example(sentence.repeat(repeats)));
    }
    preparing += System.nanoTime() - start;
    return batch;
  }

  private static double awaited(TrainingClient run, int repeats) {
    long start = System.nanoTime();
    for (int step = 0; step < STEPS; step++) {
      run.forwardBackward(batch(run, step, repeats), new CrossEntropy());
      run.optimStep(ADAM);
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static double ahead(TrainingClient run, int repeats) {
    long start = System.nanoTime();
    AsyncTrainingClient async = run.async();
    FutureGroup<ForwardBackwardResult> gradients = new FutureGroup<>();
    FutureGroup<OptimStepResult> steps = new FutureGroup<>();
    for (int step = 0; step < STEPS; step++) {
      gradients.add(async.forwardBackward(batch(run, step, repeats), new CrossEntropy()));
      steps.add(async.optimStep(ADAM));
    }
    gradients.waitAll();
    steps.waitAll();
    return (System.nanoTime() - start) / 1e9;
  }
}
