package ai.signal.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
 * @param truncated the number of examples that were cut to max_length
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
  private static final String NAME = "lanes.json";
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
    try (InputStream in = fs.open(new Path(directory, NAME))) {
      LaneManifest manifest = JSON.readValue(in.readAllBytes(), LaneManifest.class);
      return Optional.ofNullable(manifest)
          .filter(m -> m.version == LaneFormat.VERSION && m.digest.equals(digest))
          .filter(isThere(fs.listStatus(directory)));
    } catch (FileNotFoundException | JsonProcessingException e) {
      // Never written, or its writer died halfway: not committed either way.
      return Optional.empty();
    }
  }

  /** Commits. */
  void write(FileSystem fs, Path directory) throws IOException {
    try (OutputStream out = fs.create(new Path(directory, NAME), true)) {
      out.write(JSON.writeValueAsBytes(this));
    }
  }

  /**
   * Deletes the files that are not committed, such as those of lost tasks.
   *
   * @param quarantine the directory of bad records, which need not exist
   */
  void deleteOthers(FileSystem fs, Path directory, Path quarantine) throws IOException {
    Set<String> committed = new HashSet<>(List.of(NAME, bad.file()));
    lanes.forEach(lane -> committed.add(lane.file()));
    for (Path place : List.of(directory, quarantine)) {
      if (fs.exists(place)) {
        for (FileStatus file : fs.listStatus(place)) {
          if (!committed.contains(file.getPath().getName())) {
            fs.delete(file.getPath(), false);
          }
        }
      }
    }
  }

  private static java.util.function.Predicate<LaneManifest> isThere(FileStatus[] files) {
    Map<String, Long> lengths = new HashMap<>();
    Arrays.stream(files).forEach(file -> lengths.put(file.getPath().getName(), file.getLen()));
    return manifest ->
        manifest.lanes.stream()
            .allMatch(lane -> Long.valueOf(lane.bytes()).equals(lengths.get(lane.file())));
  }
}
