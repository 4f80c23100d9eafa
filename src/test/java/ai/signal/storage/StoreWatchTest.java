package ai.signal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class StoreWatchTest {
  private static final Duration PERIOD = Duration.ofMillis(5);

  private final List<String> told = new CopyOnWriteArrayList<>();

  @Test
  void tellsOfWhatIsPendingUntilItEnds() throws IOException {
    CountDownLatch twice = new CountDownLatch(2);
    StoreWatch watch =
        new StoreWatch(
            "s3a://bucket",
            Duration.ofMinutes(5),
            PERIOD,
            line -> {
              told.add(line);
              twice.countDown();
            });
    assertThat(
            watch.during(
                () -> {
                  await(twice);
                  return "done";
                }))
        .isEqualTo("done");
    assertThat(told)
        .hasSizeGreaterThanOrEqualTo(2)
        .allMatch(line -> line.matches("still trying to reach s3a://bucket: 0 s of at most 300 s"));
  }

  @Test
  void namesNoLimitThatIsOverOrUnknown() throws IOException {
    CountDownLatch once = new CountDownLatch(1);
    StoreWatch watch =
        new StoreWatch(
            "hdfs://name",
            Duration.ZERO,
            PERIOD,
            line -> {
              told.add(line);
              once.countDown();
            });
    watch.during(
        () -> {
          await(once);
          return 1;
        });
    assertThat(told.get(0)).isEqualTo("still trying to reach hdfs://name: 0 s");
  }

  @Test
  void failuresPass() {
    StoreWatch watch = new StoreWatch("s3a://b", Duration.ZERO, Duration.ofHours(1), told::add);
    assertThatThrownBy(
            () ->
                watch.during(
                    () -> {
                      throw new IOException("gone");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("gone");
    assertThat(told).isEmpty();
  }

  /** Eight tries of S3A, each with six of Amazon's client, of five seconds, and the pauses. */
  @Test
  void theLimitIsThatOfTheSettings() {
    Configuration conf = new Configuration(false);
    conf.set("fs.s3a.attempts.maximum", "5");
    assertThat(StoreRetries.longest(conf)).isEqualTo(Duration.ofSeconds(455));
    conf.set("fs.s3a.retry.limit", "1");
    conf.set("fs.s3a.retry.interval", "1ms");
    conf.set("fs.s3a.connection.establish.timeout", "1000");
    assertThat(StoreRetries.longest(conf)).isEqualTo(Duration.ofSeconds(18));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
