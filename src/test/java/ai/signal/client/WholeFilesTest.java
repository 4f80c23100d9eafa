package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.S3Extension;
import ai.signal.S3Server;
import ai.signal.cluster.LaneRefusal;
import ai.signal.lora.LoraConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Files appear whole, whatever else writes them and however it ends. */
@ExtendWith(S3Extension.class)
class WholeFilesTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private static void write(OutputStream out, String letter, int count) throws IOException {
    byte[] bytes = letter.repeat(1 << 10).getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < count >> 10; i++) {
      out.write(bytes);
    }
  }

  @Test
  void onTheLocalDisk() throws IOException {
    holds(folder.resolve("out").toString(), new Configuration());
  }

  @Test
  void onS3(S3Server server) throws IOException {
    holds("s3a://" + server.bucket() + "/out", server.conf());
  }

  private static void holds(String directory, Configuration conf) throws IOException {
    try (WholeFiles files = new WholeFiles(directory, conf);
        WholeFiles other = new WholeFiles(directory, conf)) {
      assertThat(files.sizes()).isEmpty();
      assertThatThrownBy(
              () ->
                  files.write(
                      "model",
                      out -> {
                        write(out, "a", 7 * MIB);
                        throw new IOException("the base cannot be read");
                      }))
          .hasMessage("the base cannot be read");
      assertThat(files.sizes()).isEmpty();

      long bytes =
          files.write(
              "model",
              out -> {
                write(out, "a", MIB);
                assertThat(files.sizes()).doesNotContainKey("model");
                other.write("model", whole -> write(whole, "a", 3 * MIB));
                assertThat(files.sizes()).containsEntry("model", 3L * MIB);
                write(out, "a", 2 * MIB);
              });
      assertThat(bytes).isEqualTo(3 * MIB);
      assertThat(files.sizes()).isEqualTo(Map.of("model", 3L * MIB));

      assertThatThrownBy(
              () ->
                  files.write(
                      "model",
                      out -> {
                        write(out, "a", MIB);
                        throw new IllegalStateException("killed");
                      }))
          .hasMessage("killed");
      files.sweep();
      assertThat(files.sizes()).isEqualTo(Map.of("model", 3L * MIB));
      files.delete();
      assertThat(files.sizes()).isEmpty();
    }
  }

  @Test
  void whatDeadWritersLeftIsSwept() throws IOException {
    try (WholeFiles files = new WholeFiles(folder.toString(), new Configuration())) {
      files.write("model", out -> write(out, "a", MIB));
      Files.createFile(folder.resolve(".model.3c1f.part"));
      files.sweep();
      assertThat(folder.toFile().list()).containsExactly("model"); // and no .crc beside it
    }
  }

  @Test
  void anExecutorWithAnotherBaseModelRefuses() {
    ShardTask task =
        new ShardTask(
            "builtin:tiny",
            "another",
            new LoraConfig(1, 1, 0, List.of("q_proj")),
            null,
            null,
            MIB,
            folder.toString(),
            null);
    assertThatThrownBy(() -> task.call(0, 0, null))
        .isInstanceOf(LaneRefusal.class)
        .hasMessageContaining("is not the driver's; it has to be the same on every host");
    assertThat(folder).isEmptyDirectory();
  }
}
