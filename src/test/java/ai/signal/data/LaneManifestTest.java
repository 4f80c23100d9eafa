package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.storage.OwnedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaneManifestTest {
  private static final LaneManifest MANIFEST =
      new LaneManifest(
          LaneFormat.VERSION,
          "d1",
          3,
          4,
          LeftOut.NONE,
          5,
          6,
          List.of(new LaneEntry("lane-0", 2, 1, 1, 7), new LaneEntry("lane-1", 3, 2, 2, 8)));

  @TempDir private java.nio.file.Path directory;
  private OwnedFiles output;
  private FileSystem fs;
  private Path path;
  private java.nio.file.Path lanes;

  @BeforeEach
  void writeLanes() throws IOException {
    output = OwnedFiles.open(directory.toString(), "test", new Configuration());
    output.announceDirectories(List.of("lanes"));
    fs = output.fileSystem();
    path = output.path("lanes");
    lanes = Files.createDirectory(directory.resolve("lanes"));
    Files.write(lanes.resolve("lane-0"), new byte[2]);
    Files.write(lanes.resolve("lane-1"), new byte[3]);
  }

  @Test
  void commitsTheFilesThatItNames() throws IOException {
    assertThat(LaneManifest.read(fs, path, "d1")).isEmpty();
    MANIFEST.write(output, "lanes");
    assertThat(LaneManifest.read(fs, path, "d1")).contains(MANIFEST);
    assertThat(LaneManifest.read(fs, path, "d2")).isEmpty();
  }

  @Test
  void countsOnlyIfAllItsFilesAreThere() throws IOException {
    MANIFEST.write(output, "lanes");
    Files.write(lanes.resolve("lane-1"), new byte[4]);
    assertThat(LaneManifest.read(fs, path, "d1")).isEmpty();
    Files.delete(lanes.resolve("lane-1"));
    assertThat(LaneManifest.read(fs, path, "d1")).isEmpty();
  }

  @Test
  void deletesWhatLostTasksHaveLeft() throws IOException {
    MANIFEST.write(output, "lanes");
    String lost = "lane-1-%s-%s".formatted(output.attempt(), UUID.randomUUID());
    Files.write(lanes.resolve(lost), new byte[3]);
    Files.write(lanes.resolve("." + lost + ".crc"), new byte[3]);
    Files.write(lanes.resolve(".lane-1.crc"), new byte[1]);
    Files.write(lanes.resolve("lane-1-of-mine"), new byte[3]);
    MANIFEST.deleteOthers(output, List.of("lanes", "none"));
    assertThat(lanes.toFile().list())
        .containsExactlyInAnyOrder(
            "lane-0", "lane-1", ".lane-1.crc", "lanes.json", "lane-1-of-mine");
    assertThat(LaneManifest.read(fs, path, "d1")).contains(MANIFEST);
  }
}
