package ai.signal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.SparkExtension;
import ai.signal.client.InferenceClient;
import ai.signal.client.SignalClient;
import ai.signal.client.StreamedToken;
import ai.signal.generate.Completion;
import ai.signal.generate.SamplingParams;
import ai.signal.train.RunConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** Tokens come from an executor of its own process while its task still runs. */
class StreamOnClusterTest {
  /**
   * What the application saw.
   *
   * @param whole token ids of the completion
   * @param told token ids as they came
   * @param text of them
   * @param completion as it was returned
   * @param early tokens that were told while the Spark job ran
   */
  private record Seen(
      List<Integer> whole, List<Integer> told, String text, String completion, int early) {}

  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      Map<String, String> conf =
          Map.of(
              "spark.plugins",
              SignalPlugin.class.getName(),
              "spark.executor.memory",
              "512m",
              "spark.executor.extraJavaOptions",
              Application.JVM_OPTIONS);
      Application.answer(() -> seen(SparkExtension.start("local-cluster[1,1,1024]", conf)));
    }

    private static Seen seen(SparkSession session) {
      SamplingParams params = SamplingParams.of(300).minTokens(300).seed(5).build();
      List<StreamedToken> told = new ArrayList<>();
      AtomicInteger early = new AtomicInteger();
      try (SignalClient signal = SignalClient.on(session);
          InferenceClient model = signal.inference(RunConfig.of("builtin:tiny").build())) {
        Completion whole =
            model.stream(
                    "Leo has",
                    params,
                    token -> {
                      int jobs = session.sparkContext().statusTracker().getActiveJobIds().length;
                      early.addAndGet(Math.min(1, jobs));
                      told.add(token);
                    })
                .get(0);
        StringBuilder text = new StringBuilder();
        told.forEach(token -> text.append(token.text()));
        return new Seen(
            Arrays.stream(whole.tokenIds()).boxed().toList(),
            told.stream().map(StreamedToken::tokenId).toList(),
            text.toString(),
            whole.completion(),
            early.get());
      }
    }
  }

  @Test
  void tokensComeWhileTheTaskRuns() throws IOException {
    Seen seen = Application.run(Child.class, "", Seen.class);

    assertThat(seen.told).isEqualTo(seen.whole).hasSize(300);
    assertThat(seen.text).isEqualTo(seen.completion);
    assertThat(seen.early).isPositive();
  }
}
