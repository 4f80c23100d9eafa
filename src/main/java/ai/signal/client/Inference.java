package ai.signal.client;

import ai.signal.cluster.LaneResources;
import ai.signal.cluster.ReplicaSpec;
import ai.signal.cluster.RunJobs;
import ai.signal.cluster.SharedAdapter;
import ai.signal.data.Example;
import ai.signal.generate.Completion;
import ai.signal.generate.EmbeddingJob;
import ai.signal.generate.Pooling;
import ai.signal.generate.PromptRequest;
import ai.signal.generate.SampleJob;
import ai.signal.generate.TokenSink;
import ai.signal.train.ForwardJob;
import ai.signal.train.Run;
import ai.signal.train.RunConfig;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Spark jobs that read a version of an adapter and change nothing.
 *
 * @param jobs what they have in common with the others of their run
 * @param config of the run whose adapter it is
 */
record Inference(
    JavaSparkContext spark,
    RunJobs jobs,
    RunConfig config,
    ReplicaSpec replica,
    LaneResources resources) {

  static Inference of(JavaSparkContext spark, RunJobs jobs, Run run) {
    return new Inference(spark, jobs, run.config(), run.replica(), run.resources());
  }

  List<Completion> sample(SharedAdapter adapter, List<PromptRequest> prompts, TokenSink sink) {
    return during(
        () ->
            SampleJob.run(
                spark,
                config.name() + " · sample",
                replica,
                adapter,
                prompts,
                sink,
                resources,
                config.lanes(),
                config.threads()));
  }

  /**
   * The same beside its caller.
   *
   * @param adapter a hold that ends with the work
   */
  CompletableFuture<List<Completion>> sample(
      SharedAdapter adapter, List<PromptRequest> prompts, Executor beside) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (adapter) {
            return sample(adapter, prompts, TokenSink.NONE);
          }
        },
        beside);
  }

  /** [n] of each example. */
  List<float[]> logprobs(SharedAdapter adapter, List<Example> examples) {
    return during(
        () ->
            ForwardJob.logprobs(
                spark,
                config.name() + " · logprobs",
                replica,
                adapter.ref(),
                examples,
                resources,
                config.lanes(),
                config.threads(),
                config.tokensPerMicrobatch()));
  }

  /** [hidden] of each sequence of tokens. */
  List<float[]> embeddings(
      SharedAdapter adapter, List<int[]> sequences, Pooling pooling, int layer) {
    EmbeddingJob job =
        new EmbeddingJob(
            replica, adapter.ref(), pooling, layer, config.threads(), config.tokensPerMicrobatch());
    return during(
        () ->
            job.run(spark, config.name() + " · embeddings", sequences, resources, config.lanes()));
  }

  private <R> R during(Supplier<R> work) {
    return jobs.during(spark.sc(), work);
  }
}
