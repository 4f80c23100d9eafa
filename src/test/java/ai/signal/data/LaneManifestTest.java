package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
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
  private FileSystem fs;
  private Path path;

  @BeforeEach
  void writeLanes() throws IOException {
    fs = FileSystem.getLocal(new Configuration());
    path = new Path(directory.toString());
    Files.write(directory.resolve("lane-0"), new byte[2]);
    Files.write(directory.resolve("lane-1"), new byte[3]);
  }

  @Test
  void commitsTheFilesThatItNames() throws IOException {
    assertThat(LaneManifest.read(fs, path, "d1")).isEmpty();
    MANIFEST.write(fs, path);
    assertThat(LaneManifest.read(fs, path, "d1")).contains(MANIFEST);
    assertThat(LaneManifest.read(fs, path, "d2")).isEmpty();
  }

  @Test
  void countsOnlyIfAllItsFilesAreThere() throws IOException {
    MANIFEST.write(fs, path);
    Files.write(directory.resolve("lane-1"), new byte[4]);
    assertThat(LaneManifest.read(fs, path, "d1")).isEmpty();
    Files.delete(directory.resolve("lane-1"));
    assertThat(LaneManifest.read(fs, path, "d1")).isEmpty();
  }

  @Test
  void deletesWhatLostTasksHaveLeft() throws IOException {
    MANIFEST.write(fs, path);
    Files.write(directory.resolve("lane-1-again"), new byte[3]);
    MANIFEST.deleteOthers(fs, path, new Path(path, "none"));
    assertThat(directory.resolve("lane-1-again")).doesNotExist();
    assertThat(LaneManifest.read(fs, path, "d1")).contains(MANIFEST);
  }
}
