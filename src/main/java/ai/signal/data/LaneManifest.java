package ai.signal.data;

import ai.signal.storage.Content;
import ai.signal.storage.OwnedDeletion;
import ai.signal.storage.OwnedFiles;
import ai.signal.storage.ReadLimit;
import ai.signal.storage.StorageFiles;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * {@code lanes.json}: written last, it commits the lane files that it names, and only those count.
 *
 * @param version of the lane files
 * @param digest of all that decides their content
 * @param truncated the number of records longer than max_length, which were cut or skipped
 * @param dropped the number of records of which nothing was left to learn
 * @param bad what was left out because it is no record
 * @param filtered the number of records that the filter has left out
 * @param duplicates the number of records that were left out because of one before them
 * @param lanes in order
 */
record LaneManifest(
    int version,
    String digest,
    long truncated,
    long dropped,
    LeftOut bad,
    long filtered,
    long duplicates,
    List<LaneEntry> lanes)
    implements Serializable {
  static final String NAME = "lanes.json";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  LaneManifest {
    lanes = List.copyOf(lanes);
  }

  /** The manifest in {@code directory}, if all that it names is there too. */
  static Optional<LaneManifest> read(FileSystem fs, Path directory, String digest)
      throws IOException {
    Path file = new Path(directory, NAME);
    try (InputStream in = StorageFiles.input(fs, file)) {
      LaneManifest manifest = JSON.readValue(ReadLimit.LANES.read(in, file), LaneManifest.class);
      return Optional.ofNullable(manifest)
          .filter(m -> m.version == LaneFormat.VERSION && m.digest.equals(digest))
          .filter(isThere(fs.listStatus(directory)));
    } catch (FileNotFoundException | JsonProcessingException e) {
      // Never written, or its writer died halfway: not committed either way.
      return Optional.empty();
    }
  }

  /** Commits. */
  void write(OwnedFiles output, String directory) throws IOException {
    output.write(directory + "/" + NAME, Content.of(JSON.writeValueAsBytes(this)));
  }

  /**
   * Deletes the files that are not committed, such as those of lost tasks, where a record proves
   * that Signal wrote them.
   *
   * @param directories of lane files and of bad records, which need not exist
   */
  void deleteOthers(OwnedFiles output, List<String> directories) throws IOException {
    Set<String> committed = new HashSet<>(List.of(NAME, bad.file()));
    lanes.forEach(lane -> committed.add(lane.file()));
    OwnedDeletion deletion = output.deletion();
    for (String directory : directories) {
      for (FileStatus file : StorageFiles.list(output.fileSystem(), output.path(directory))) {
        String name = file.getPath().getName();
        if (file.isFile() && !committed.contains(name) && !isChecksum(name, committed)) {
          deletion.delete(directory + "/" + name);
        }
      }
    }
  }

  /** Hadoop's own, on local disks. */
  private static boolean isChecksum(String name, Set<String> committed) {
    return name.startsWith(".")
        && name.endsWith(".crc")
        && committed.contains(name.substring(1, name.length() - ".crc".length()));
  }

  private static java.util.function.Predicate<LaneManifest> isThere(FileStatus[] files) {
    Map<String, Long> lengths = new HashMap<>();
    Arrays.stream(files).forEach(file -> lengths.put(file.getPath().getName(), file.getLen()));
    return manifest ->
        manifest.lanes.stream()
            .allMatch(lane -> Long.valueOf(lane.bytes()).equals(lengths.get(lane.file())));
  }
}
