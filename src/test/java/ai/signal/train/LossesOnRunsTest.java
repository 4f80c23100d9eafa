package ai.signal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.signal.SparkExtension;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.DataFormat;
import ai.signal.data.DataSpec;
import ai.signal.data.Example;
import ai.signal.data.LaneDataset;
import ai.signal.lora.LoraConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Losses with inputs, pairs and a reference, on real Spark and the real small model. */
@ExtendWith(SparkExtension.class)
class LossesOnRunsTest {
  private static TrainingClient run(SignalClient signal, int lanes, int budget) {
    return signal.createRun(
        RunConfig.of("builtin:tiny")
            .lora(new LoraConfig(4, 8, 0, List.of("all-linear")))
            .seed(7)
            .lanes(lanes)
            .tokensPerMicrobatch(budget)
            .build());
  }

  private static List<Example> batch(TrainingClient run) {
    List<Example> batch = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      batch.add(
          run.example("Anna has " + "a cup and ".repeat(i) + "a book.", " Leo has " + i + "."));
    }
    return batch;
  }

  private static void train(TrainingClient run, int steps) {
    for (int i = 0; i < steps; i++) {
      run.forwardBackward(batch(run), new CrossEntropy());
      run.optimStep(AdamW.of(1e-2));
    }
  }

  /** Both answers of a pair as one example. */
  private static Example pair(Example chosen, Example rejected) {
    int n = chosen.length() + rejected.length();
    int[] tokens = Arrays.copyOf(chosen.tokens(), n);
    int[] targets = Arrays.copyOf(chosen.targetTokens(), n);
    float[] weights = Arrays.copyOf(chosen.weights(), n);
    int at = chosen.length();
    System.arraycopy(rejected.tokens(), 0, tokens, at, rejected.length());
    System.arraycopy(rejected.targetTokens(), 0, targets, at, rejected.length());
    System.arraycopy(rejected.weights(), 0, weights, at, rejected.length());
    return new Example(
        "pair", tokens, targets, weights, new int[] {at, rejected.length()}, Map.of());
  }

  @Test
  void logprobsComeBackInTheOrderOfTheBatch(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, 2, 40);
      List<Example> batch = batch(run);
      ForwardBackwardResult all = run.forward(batch, new CrossEntropy());
      assertThat(all.logprobs()).hasSize(batch.size());
      double sum = 0;
      for (int i = 0; i < batch.size(); i++) {
        float[] alone = run.forward(batch.subList(i, i + 1), new CrossEntropy()).logprobs().get(0);
        float[] together = all.logprobs().get(i);
        assertThat(together).hasSameSizeAs(batch.get(i).tokens());
        for (int p = 0; p < alone.length; p++) {
          boolean counts = batch.get(i).weights()[p] > 0;
          assertThat(Float.isNaN(together[p])).isEqualTo(!counts);
          if (counts) {
            assertThat(together[p]).isCloseTo(alone[p], within(1e-4f));
            sum -= together[p];
          }
        }
      }
      assertThat(sum).isCloseTo(all.lossSum(), within(1e-4));
    }
  }

  @Test
  void importanceSamplingAtTheSamplersOwnPolicyIsThePlainGradient(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient plain = run(signal, 2, 4096);
      TrainingClient sampled = run(signal, 2, 4096);
      List<float[]> logprobs = plain.forward(batch(plain), new CrossEntropy()).logprobs();
      List<Example> scored = new ArrayList<>();
      for (int i = 0; i < logprobs.size(); i++) {
        Example example = batch(plain).get(i);
        float[] q = logprobs.get(i).clone();
        float[] advantages = new float[q.length];
        Arrays.fill(advantages, 1);
        for (int p = 0; p < q.length; p++) {
          q[p] = Float.isNaN(q[p]) ? 0 : q[p];
        }
        scored.add(example.with("logprobs", q).with("advantages", advantages));
      }
      plain.forwardBackward(batch(plain), new CrossEntropy());
      ForwardBackwardResult result = sampled.forwardBackward(scored, new Ppo());
      double norm = plain.optimStep(Sgd.of(1, 0)).gradNorm();
      assertThat(sampled.optimStep(Sgd.of(1, 0)).gradNorm()).isCloseTo(norm, within(1e-3 * norm));
      assertThat(result.metrics().get("ratio")).isCloseTo(1, within(1e-4));
      assertThat(result.metrics().get("clipped")).isZero();
    }
  }

  @Test
  void theReferenceOfDpoIsTheModelWithTheAdapterOff(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, 2, 64);
      Example chosen = run.example("Anna has a book.", " Leo has a cup.");
      Example rejected = run.example("Anna has a book.", " Mia reads.");
      List<Example> pairs = List.of(pair(chosen, rejected), pair(rejected, chosen));
      ForwardBackwardResult first = run.forward(pairs, new Dpo());
      assertThat(first.loss()).as("nothing learnt yet").isEqualTo(Math.log(2));
      double base = -run.forward(List.of(chosen), new CrossEntropy()).lossSum();

      train(run, 3);

      double now = -run.forward(List.of(chosen), new CrossEntropy()).lossSum();
      ForwardBackwardResult trained = run.forward(List.of(pairs.get(0)), new Dpo());
      assertThat(trained.metrics().get("chosen_reward"))
          .isCloseTo(0.1 * (now - base), within(1e-4));
    }
  }

  @Test
  void pairsAreNeverSplit(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient whole = run(signal, 1, 4096);
      TrainingClient cut = run(signal, 3, 8); // less than half a pair
      List<Example> pairs = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        pairs.add(
            pair(
                whole.example("Anna has a book.", " Leo has " + i + " cups."),
                whole.example("Anna has a book.", " Mia reads " + i + " books.")));
      }
      train(whole, 2);
      train(cut, 2);
      ForwardBackwardResult together =
          whole.forwardBackward(pairs, new Dpo(0.5, 0.1, 0.2, Reference.BASE));
      ForwardBackwardResult apart =
          cut.forwardBackward(pairs, new Dpo(0.5, 0.1, 0.2, Reference.BASE));
      assertThat(apart.denominator()).isEqualTo(together.denominator()).isEqualTo(4);
      assertThat(apart.loss()).isCloseTo(together.loss(), within(1e-3));
    }
  }

  @Test
  void aLossOnTheDriverIsTheLossOnExecutors(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient executors = run(signal, 2, 64);
      TrainingClient driver = run(signal, 2, 64);
      DriverLoss crossEntropy =
          (batch, logprobs) -> {
            double loss = 0;
            double denominator = 0;
            List<float[]> coefficients = new ArrayList<>();
            for (int i = 0; i < batch.size(); i++) {
              float[] own = new float[batch.get(i).length()];
              for (int p = 0; p < own.length; p++) {
                float weight = batch.get(i).weights()[p];
                loss -= weight == 0 ? 0 : weight * logprobs.get(i)[p];
                denominator += weight;
                own[p] = -weight;
              }
              coefficients.add(own);
            }
            return new DriverLoss.Output(loss, denominator, coefficients);
          };
      ForwardBackwardResult here = executors.forwardBackward(batch(executors), new CrossEntropy());
      ForwardBackwardResult there = driver.forwardBackward(batch(driver), crossEntropy);
      assertThat(there.loss()).isCloseTo(here.loss(), within(1e-6));
      executors.optimStep(Sgd.of(1e-2, 0), Normalization.NONE);
      driver.optimStep(Sgd.of(1e-2, 0), Normalization.NONE);
      assertThat(driver.adapter()).isEqualTo(executors.adapter());

      executors.forwardBackward(batch(executors), new CrossEntropy());
      driver.forwardBackward(batch(driver), crossEntropy);
      double mean = executors.optimStep(Sgd.of(1e-2, 0)).gradNorm();
      assertThat(driver.optimStep(Sgd.of(1e-2, 0)).gradNorm())
          .as("the mean divides by what the loss says")
          .isCloseTo(mean, within(1e-6 * mean));
    }
  }

  @Test
  void softTargetsOfOneTokenAreHardTargets(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient hard = run(signal, 2, 64);
      TrainingClient soft = run(signal, 2, 64);
      List<Example> doubled = new ArrayList<>();
      for (Example example : batch(hard)) {
        int n = example.length();
        int[] targets = new int[2 * n];
        float[] weights = new float[2 * n];
        for (int i = 0; i < n; i++) {
          targets[2 * i] = example.targetTokens()[i];
          targets[2 * i + 1] = example.targetTokens()[i] + 1;
          weights[2 * i] = example.weights()[i];
        }
        doubled.add(new Example(example.id(), example.tokens(), targets, weights));
      }
      ForwardBackwardResult one = hard.forwardBackward(batch(hard), new CrossEntropy());
      ForwardBackwardResult two = soft.forwardBackward(doubled, new CrossEntropy());
      assertThat(two.loss()).isCloseTo(one.loss(), within(1e-6));
      double norm = hard.optimStep(Sgd.of(1, 0)).gradNorm();
      assertThat(soft.optimStep(Sgd.of(1, 0)).gradNorm()).isCloseTo(norm, within(1e-4 * norm));
    }
  }

  @Test
  void whatALossNeedsIsSaidBeforeAnythingRuns(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, 1, 64);
      Example example = run.example("Anna has a book.", " Leo has a cup.");
      assertThatThrownBy(() -> run.forward(List.of(example), new Ppo()))
          .hasMessageContaining("has the inputs [], but ppo needs [advantages, logprobs]");
      assertThatThrownBy(() -> run.forward(List.of(example), new Dpo()))
          .hasMessageContaining("has 1 sequence, but dpo compares 2");
    }
  }

  /** A group as one example is its answers one by one, in memory and from a file. */
  @Test
  void aScoredGroupIsTheSumOfItsAnswers(SparkSession spark, @TempDir Path directory)
      throws IOException {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, 1, 16); // an answer's tokens
      train(run, 2);
      List<String> answers = List.of(" Leo has a cup.", " Mia reads.");
      Example group = run.scored("Anna has a book.", answers, new double[] {1, 0});
      assertThat(group.lengths()).hasSize(2);
      float[] q = new float[group.length()];
      Arrays.fill(q, -1);
      Example sampled = group.with("logprobs", q);
      ForwardBackwardResult together = run.forward(List.of(sampled), new ImportanceSampling());
      ForwardBackwardResult apart = run.forward(sampled.apart(), new ImportanceSampling());
      assertThat(together.lossSum()).isCloseTo(apart.lossSum(), within(1e-4)).isNotZero();

      StringBuilder logprobs = new StringBuilder();
      for (int length : group.lengths()) {
        int prompt = run.tokenizer().encodeWithSpecials("Anna has a book.").length;
        String own = "-1, ".repeat(length + 1 - prompt);
        logprobs.append("[").append(own, 0, own.length() - 2).append("], ");
      }
      Path file = directory.resolve("scored.jsonl");
      Files.writeString(
          file,
          "{\"prompt\": \"Anna has a book.\", \"responses\": [\"%s\", \"%s\"], \"rewards\": [1, 0], \"logprobs\": [%s]}"
              .formatted(
                  answers.get(0), answers.get(1), logprobs.substring(0, logprobs.length() - 2)));
      LaneDataset data =
          LaneDataset.prepare(
              spark,
              new DataSpec(List.of(file.toString()), DataFormat.SCORED, 512),
              "builtin:tiny",
              1,
              directory.resolve("out").toString());
      assertThat(MicroBatch.cut(data.lane(0).example(0).apart(), new ImportanceSampling(), 16))
          .hasSize(2);
      ForwardBackwardResult stored =
          run.forward(data, data.plan(1, 0, false), 0, new ImportanceSampling());
      assertThat(stored.lossSum()).isCloseTo(apart.lossSum(), within(1e-4));
    }
  }

  @Test
  void aKlTermPullsTowardsTheBase(SparkSession spark) {
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = run(signal, 2, 64);
      Loss loss = new KlPenalty(new CrossEntropy(), 1, KlPenalty.Estimator.K3);
      assertThat(run.forward(batch(run), loss).metrics().get("kl_base")).isZero();
      train(run, 3);
      assertThat(run.forward(batch(run), loss).metrics().get("kl_base")).isPositive();
    }
  }
}
