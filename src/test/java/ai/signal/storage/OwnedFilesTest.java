package ai.signal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.S3Extension;
import ai.signal.S3Server;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What one writer of a directory may do, on a local disk and on an object store. */
@ExtendWith(S3Extension.class)
class OwnedFilesTest {
  private static final int MIB = 1 << 20;

  @TempDir java.nio.file.Path folder;

  private interface Check {
    void on(String root, Configuration conf) throws IOException;
  }

  private void everywhere(S3Server server, Check check) throws IOException {
    check.on(folder.resolve("out").toString(), new Configuration());
    check.on("s3a://" + server.bucket() + "/out", server.conf());
  }

  @Test
  void filesAppearWhole(S3Server server) throws IOException {
    everywhere(
        server,
        (root, conf) -> {
          try (OwnedFiles files = OwnedFiles.open(root, "test", conf);
              OwnedFiles other = OwnedFiles.open(root, "test", conf)) {
            assertThatThrownBy(
                    () ->
                        files.write(
                            "a/model",
                            out -> {
                              fill(out, 7 * MIB);
                              throw new IOException("the base cannot be read");
                            }))
                .hasMessage("the base cannot be read");
            assertThat(names(files)).isEmpty();

            long bytes =
                files.write(
                    "a/model",
                    out -> {
                      fill(out, MIB);
                      assertThat(names(files)).doesNotContain("a/model");
                      other.write("a/model", whole -> fill(whole, 3 * MIB));
                      fill(out, 2 * MIB);
                    });
            assertThat(bytes).isEqualTo(3 * MIB);
            assertThat(names(files)).containsExactly("a/model");
            assertThat(files.isOwn("a/model")).isTrue();
          }
        });
  }

  @Test
  void aUsersFileIsNeitherReplacedNorDeleted(S3Server server) throws IOException {
    everywhere(
        server,
        (root, conf) -> {
          try (OwnedFiles files = OwnedFiles.open(root, "test", conf)) {
            user(files, "mine", "precious");
            assertThatThrownBy(() -> files.write("mine", text("ours")))
                .isInstanceOf(ForeignFileException.class)
                .hasMessageContaining("/out/mine: a file is there that Signal did not write");
            assertThat(files.deletion().delete("mine")).isFalse();
            files.write("ours", text("one"));
            user(files, "ours", "two"); // changed since
            assertThatThrownBy(() -> files.write("ours", text("three")))
                .isInstanceOf(ForeignFileException.class);
            assertThat(files.taken(List.of("mine", "ours", "free", "mine/below")))
                .containsExactly("mine", "ours");
            assertThat(files.deletion().deleteAllAndOwn()).containsExactly("ours");
            assertThat(names(files)).containsExactlyInAnyOrder("mine", "ours");
            assertThat(content(files, "mine") + content(files, "ours")).isEqualTo("precioustwo");
          }
        });
  }

  @Test
  void aLaterWriterProvesWhatAnEarlierOneWrote(S3Server server) throws IOException {
    everywhere(
        server,
        (root, conf) -> {
          String unfinished;
          try (OwnedFiles dead = OwnedFiles.open(root, "test", conf)) {
            dead.write("a", text("one"));
            dead.write("a", text("two"));
            dead.announceDirectories(List.of("lanes"));
            dead.announce(List.of("x/" + dead.attempt() + "-1/f"), List.of("x/manifest"));
            String lane = "lanes/lane-0-" + dead.attempt() + "-" + UUID.randomUUID();
            user(dead, lane, "tokens");
            user(dead, lane + ".backup", "mine");
            user(dead, "lanes/lane-0-of-mine", "mine");
            user(dead, "x/" + dead.attempt() + "-1/f", "weights");
            user(dead, "x/" + dead.attempt() + "-1/notes", "mine");
            user(dead, "x/manifest", "{" + dead.attempt() + "-1}");
            unfinished = "." + "b." + dead.attempt() + "." + AttemptId.random() + ".part";
            user(dead, unfinished, "torn");
          }
          try (OwnedFiles files = OwnedFiles.open(root, "test", conf)) {
            files.write("a", text("three"));
            assertThat(content(files, "a")).isEqualTo("three");
            files.deletion().deleteUnfinished();
            // On an object store nobody leaves one, and nobody looks for it.
            assertThat(names(files).contains(unfinished)).isEqualTo(root.startsWith("s3a:"));
            assertThat(names(files)).contains("lanes/lane-0-of-mine");
            assertThat(files.hasOwnBelow("x")).isTrue();
            assertThat(files.hasOwnBelow("y")).isFalse();
            assertThat(files.deletion().deleteAll()).containsExactly("a"); // of this writer now
            assertThat(names(files))
                .hasSize(4)
                .contains("a", "lanes/lane-0-of-mine")
                .anyMatch(name -> name.endsWith(".backup"))
                .anyMatch(name -> name.endsWith("/notes"));
            assertThat(files.isOwn("a")).isTrue();
            files.deletion().deleteAllAndOwn();
            assertThat(names(files)).hasSize(3).noneMatch(name -> name.startsWith("written"));
          }
        });
  }

  /**
   * A record is written before the file that it announces, so a kill between them costs nothing.
   */
  @Test
  void aRecordWithoutItsFileProvesNothing(S3Server server) throws IOException {
    everywhere(
        server,
        (root, conf) -> {
          try (OwnedFiles files = OwnedFiles.open(root, "test", conf)) {
            files.write("a", text("one"));
            files.fileSystem().delete(files.path("a"), false);
            user(files, "a", "mine");
          }
          try (OwnedFiles files = OwnedFiles.open(root, "test", conf)) {
            assertThat(files.isOwn("a")).isFalse();
            files.deletion().deleteAll();
            assertThat(content(files, "a")).isEqualTo("mine");
          }
        });
  }

  @Test
  void recordsOfOthersProveNothing(S3Server server) throws IOException {
    everywhere(
        server,
        (root, conf) -> {
          try (OwnedFiles files = OwnedFiles.open(root, "test", conf)) {
            user(files, "mine", "x");
            String id = "0123456789abcdef";
            String record = "written/" + id + "/000000-0000000000000000.json";
            for (String entry :
                List.of(
                    "{\"name\": \"mine\"}", // its path does not carry the id
                    "{\"name\": \"../out/mine\", \"id_inside\": true}",
                    "{\"name\": \"mine\", \"size\": 1, \"sha256\": \"no\"}",
                    "{\"name\": \"mine\", \"id_inside\": true}",
                    "7")) {
              user(
                  files,
                  record,
                  "{\"signal_record\":\"written\",\"format_version\":2,\"attempt\":\"%s\",\"files\":[%s]}"
                      .formatted(id, entry));
              try (OwnedFiles later = OwnedFiles.open(root, "test", conf)) {
                assertThat(later.isOwn("mine")).as(entry).isFalse();
              }
            }
            user(files, "written/notes.txt", "mine");
            user(files, record, "{\"signal_record\":");
            try (OwnedFiles later = OwnedFiles.open(root, "test", conf)) {
              assertThat(later.hasRecords()).isFalse();
              later.write("b", text("x"));
              later.deletion().deleteAllAndOwn();
            }
            assertThat(content(files, "written/notes.txt")).isEqualTo("mine");
          }
        });
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    java.nio.file.Path other = java.nio.file.Files.createDirectories(folder.resolve("other"));
    java.nio.file.Files.writeString(other.resolve("a"), "one");
    String root = folder.resolve("out").toString();
    try (OwnedFiles files = OwnedFiles.open(root, "test", new Configuration())) {
      files.write("d/a", text("one"));
      files.write("f", text("one"));
      java.nio.file.Files.delete(folder.resolve("out/d/a"));
      java.nio.file.Files.delete(folder.resolve("out/d"));
      java.nio.file.Files.createSymbolicLink(folder.resolve("out/d"), other);
      java.nio.file.Files.delete(folder.resolve("out/f"));
      java.nio.file.Files.createSymbolicLink(folder.resolve("out/f"), other.resolve("a"));
      assertThat(files.deletion().deleteAllAndOwn()).containsExactly("d/a", "f");
    }
    assertThat(other.resolve("a")).hasContent("one");
  }

  private static void fill(OutputStream out, int count) throws IOException {
    byte[] bytes = "a".repeat(1 << 10).getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < count >> 10; i++) {
      out.write(bytes);
    }
  }

  private static Content text(String text) {
    return Content.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void user(OwnedFiles files, String name, String text) throws IOException {
    try (FSDataOutputStream out = files.fileSystem().create(files.path(name), true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String content(OwnedFiles files, String name) throws IOException {
    try (var in = files.fileSystem().open(files.path(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** All files but records. */
  private static List<String> names(OwnedFiles files) throws IOException {
    Path root = files.root();
    if (!files.fileSystem().exists(root)) {
      return List.of();
    }
    Stream.Builder<String> names = Stream.builder();
    RemoteIterator<LocatedFileStatus> found = files.fileSystem().listFiles(root, true);
    while (found.hasNext()) {
      String path = found.next().getPath().toUri().getPath();
      names.add(path.substring(root.toUri().getPath().length() + 1));
    }
    return names.build().filter(name -> !name.matches("written/.*json")).sorted().toList();
  }
}
