package ai.signal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.S3Extension;
import ai.signal.S3Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What others put into an output cannot make us read, write or delete anything outside of it. */
@ExtendWith(S3Extension.class)
class HostileStoreTest {
  private static final String PLANTED = "0123456789abcdef-1";

  /** From {@code step-00000050/ATTEMPT/}, these lead to what is not the checkpoint's. */
  private static final List<String> NAMES =
      List.of(
          "../../../../victim/file",
          "../manifest.json",
          "/victim/file",
          "a/../../x",
          "..",
          ".",
          "./x",
          "a//x",
          "x/",
          "",
          "..\\\\..\\\\victim",
          "s3a://other/x",
          "file:/etc/passwd",
          "~/x",
          ".hidden",
          "%2e%2e/x",
          "x\\u0000",
          "x\\n",
          "x*",
          "\\u2025/x",
          "x".repeat(256));

  private static final List<String> ATTEMPTS =
      List.of(
          "../../victim",
          "/victim",
          "..",
          "",
          "0123456789abcdef-1/..",
          "0123456789abcdef-1/",
          "0123456789ABCDEF-1",
          "0123456789abcdef-1\\n",
          "0123456789abcdef--1");

  @TempDir Path directory;

  @Test
  void manifestsOnTheLocalDisk() throws IOException {
    manifests(directory.toUri().toString() + "/home", new Configuration());
  }

  @Test
  void manifestsOnS3(S3Server server) throws IOException {
    manifests("s3a://" + server.bucket() + "/home", server.conf());
  }

  private static void manifests(String home, Configuration conf) throws IOException {
    String output = home + "/runs";
    List<String> victims =
        List.of(
            home + "/victim/file",
            output + "/checkpoints/victim/file",
            output + "/adapter/adapter_config.json",
            output + "/checkpoints/step-00000040/note.txt");
    for (String victim : victims) {
      write(victim, "precious", conf);
    }
    try (CheckpointStore store = CheckpointStore.open(output, conf)) {
      Manifest good;
      try (CheckpointWriter writer =
          CheckpointWriter.open(store, Fixtures.run("a"), SavePolicy.DEFAULT)) {
        writer.save(Fixtures.snapshot(40));
        writer.save(Fixtures.snapshot(50));
        good = writer.await().orElseThrow();
      }
      byte[] whole = store.manifestBytes(50).orElseThrow();
      for (String name : NAMES) {
        String file = "{\"name\":\"%s\",\"size\":8,\"sha256\":\"%s\"}";
        refused(
            store,
            StoreContract.sealed(good, "files", "[" + file.formatted(name, "0".repeat(64)) + "]"));
      }
      for (String attempt : ATTEMPTS) {
        refused(store, StoreContract.sealed(good, "attempt", "\"" + attempt + "\""));
      }
      StoreContract.replace(store, 50, whole);
      assertThat(store.latest(Expected.any()).found().get().manifest().step()).isEqualTo(50);
      deletions(store, good, output, conf);
    }
    for (String victim : victims) {
      assertThat(read(victim, conf)).as(victim).isEqualTo("precious");
    }
  }

  private static void refused(CheckpointStore store, byte[] manifest) throws IOException {
    StoreContract.replace(store, 50, manifest);
    assertThat(store.verify(50)).singleElement().asString().contains("manifest.json is ");
    assertThat(store.latest(Expected.any()).found().get().manifest().step()).isEqualTo(40);
    assertThat(store.attempts().get(0).state()).isEqualTo(StoredAttempt.State.REFUSED);
    assertThat(store.sweep().deleted()).isEmpty();
  }

  /** Deleting by hand, sweeping and retention, with what leads elsewhere lying about. */
  private static void deletions(
      CheckpointStore store, Manifest good, String output, Configuration conf) throws IOException {
    StoreContract.replace(store, 50, StoreContract.sealed(good, "attempt", "\"../../victim\""));
    assertThatThrownBy(() -> store.delete(50))
        .as("somebody else's manifest")
        .isInstanceOf(RefusedCheckpointException.class)
        .hasMessageContaining("no record in written/ proves that this version of Signal wrote it");
    write(output + "/checkpoints/step-00000060/" + PLANTED + "/adapter.bin", "x", conf);
    write(output + "/checkpoints/step-00000060/victim/file", "precious", conf);
    assertThat(store.sweep())
        .isEqualTo(new SweepReport(List.of(), List.of("step-00000060/" + PLANTED)));
    try (CheckpointWriter writer =
        CheckpointWriter.open(
            store, Fixtures.run("a"), SavePolicy.DEFAULT.keeping(Retention.last(1)))) {
      writer.save(Fixtures.snapshot(70));
    }
    assertThat(store.latest(Expected.any()).found().get().manifest().step()).isEqualTo(70);
    assertThat(read(output + "/checkpoints/step-00000060/victim/file", conf)).isEqualTo("precious");
  }

  @Test
  void linksOnTheLocalDisk() throws IOException {
    Path output = Files.createDirectories(directory.resolve("out"));
    Path other = Files.createDirectories(directory.resolve("other"));
    try (CheckpointStore theirs =
            CheckpointStore.open(other.toUri().toString(), new Configuration());
        CheckpointWriter writer =
            CheckpointWriter.open(theirs, Fixtures.run("a"), SavePolicy.DEFAULT)) {
      writer.save(Fixtures.snapshot(50));
    }
    Path step = other.resolve("checkpoints/step-00000050");
    String attempt;
    try (var files = Files.list(step)) {
      attempt =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> Manifest.writer(name).isPresent())
              .findFirst()
              .orElseThrow();
    }
    Path checkpoints = Files.createDirectories(output.resolve("checkpoints"));
    Files.createSymbolicLink(checkpoints.resolve("step-00000050"), step);
    Files.createDirectory(checkpoints.resolve("step-00000060"));
    Files.createSymbolicLink(
        checkpoints.resolve("step-00000060").resolve(PLANTED), step.resolve(attempt));
    Files.createDirectories(checkpoints.resolve("step-00000070").resolve(PLANTED));
    Files.createSymbolicLink(
        checkpoints.resolve("step-00000070").resolve(PLANTED).resolve("x"), step);

    try (CheckpointStore store =
        CheckpointStore.open(output.toUri().toString(), new Configuration())) {
      assertThat(store.latest(Expected.any()).found()).isEqualTo(Optional.empty());
      assertThatThrownBy(() -> store.open(50, Expected.any()))
          .isInstanceOf(RefusedCheckpointException.class)
          .hasMessageContaining("its directory is a symbolic link");
      assertThatThrownBy(() -> store.delete(50)).hasMessageContaining("symbolic link");
      assertThat(store.sweep().deleted()).isEmpty();
      committedThroughALink(store, step.resolve(attempt));
      try (CheckpointWriter writer =
          CheckpointWriter.open(store, Fixtures.run("a"), SavePolicy.DEFAULT)) {
        assertThatThrownBy(
                () -> {
                  writer.save(Fixtures.snapshot(50));
                  writer.await();
                })
            .isInstanceOf(CheckpointException.class)
            .hasMessageContaining("Cannot save checkpoint of step 50: ")
            .hasMessageContaining("is a symbolic link, which may lead out of the output");
      }
    }
    try (CheckpointStore theirs =
        CheckpointStore.open(other.toUri().toString(), new Configuration())) {
      assertThat(theirs.verify(50)).isEmpty();
    }
  }

  /** The attempt of a good manifest is replaced by a link to what has the same files. */
  private static void committedThroughALink(CheckpointStore store, Path same) throws IOException {
    Manifest manifest;
    try (CheckpointWriter writer =
        CheckpointWriter.open(store, Fixtures.run("a"), SavePolicy.DEFAULT)) {
      writer.save(Fixtures.snapshot(40));
      manifest = writer.await().orElseThrow();
    }
    org.apache.hadoop.fs.Path attempt = store.layout().attempt(40, manifest.attempt());
    store.fileSystem().delete(attempt, true);
    Files.createSymbolicLink(Path.of(attempt.toUri().getPath()), same);
    assertThatThrownBy(() -> store.open(40, Expected.any()))
        .isInstanceOf(RefusedCheckpointException.class)
        .hasMessageContaining("its directory is a symbolic link");
    store.delete(40);
    assertThat(same).isDirectoryContaining("glob:**.bin");
  }

  private static void write(String file, String text, Configuration conf) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file);
    try (FileSystem files = FileSystem.newInstance(path.toUri(), conf)) {
      files.setWriteChecksum(false);
      try (var out = files.create(path)) {
        out.write(text.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private static String read(String file, Configuration conf) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file);
    try (FileSystem files = FileSystem.newInstance(path.toUri(), conf);
        var in = files.open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
