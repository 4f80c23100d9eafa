package ai.signal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.S3Extension;
import ai.signal.S3Server;
import ai.signal.storage.StoreRetries;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** On S3, through Hadoop's own client, against a real server. */
@ExtendWith(S3Extension.class)
class S3StoreTest extends StoreContract {
  private static final AtomicInteger OUTPUTS = new AtomicInteger();
  private static S3Server server;
  private static String bucket;

  @BeforeAll
  static void bucket(S3Server shared) {
    server = shared;
    bucket = server.bucket();
  }

  @Override
  String output() {
    return "s3a://%s/runs/demo-%d".formatted(bucket, OUTPUTS.incrementAndGet());
  }

  @Override
  Configuration conf() {
    return server.conf();
  }

  @Test
  void theServerChecksSignatures() throws IOException {
    Configuration conf = server.conf();
    conf.set("fs.s3a.secret.key", "wrong");
    try (CheckpointStore other = CheckpointStore.open(output(), conf)) {
      assertThatThrownBy(() -> other.latest(Expected.any()))
          .isInstanceOf(AccessDeniedException.class)
          .hasMessageContaining("403");
    }
  }

  @Test
  void aBucketThatIsNotThereIsNotAnEmptyStore() throws IOException {
    try (CheckpointStore other = CheckpointStore.open("s3a://no-such-bucket/run", conf())) {
      assertThatThrownBy(() -> other.latest(Expected.any()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no-such-bucket");
    }
  }

  @Test
  void triesAreFewUnlessSomebodySetThem() {
    String key = "fs.s3a.attempts.maximum";
    assertThat(StoreRetries.bounded(conf()).getInt(key, 0)).isEqualTo(5);
    Configuration set = conf();
    set.setInt(key, 9);
    assertThat(StoreRetries.bounded(set).getInt(key, 0)).isEqualTo(9);
  }
}
