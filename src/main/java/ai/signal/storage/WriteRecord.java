package ai.signal.storage;

import ai.signal.storage.RecordedFile.InDirectory;
import ai.signal.storage.RecordedFile.InOwnPath;
import ai.signal.storage.RecordedFile.WithDigest;
import ai.signal.storage.RecordedFile.WithIdInside;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Immutable record of files that a writer is about to publish: {@code written/ATTEMPT/NUMBER.json}.
 *
 * @param formatVersion of the output
 * @param attempt id of the writer
 * @param writer for people: what wrote, and its process
 * @param files that it announces
 */
record WriteRecord(int formatVersion, String attempt, String writer, List<RecordedFile> files) {
  /** Larger than any record that this release writes. */
  static final int MAX_BYTES = ReadLimit.RECORD.bytes();

  private static final String KIND = "signal_record";
  private static final String WRITTEN = "written";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  WriteRecord {
    if (!AttemptId.isOne(attempt)) {
      throw new IllegalArgumentException("'%s' is no id of a writer".formatted(attempt));
    }
    files = List.copyOf(files);
    for (RecordedFile file : files) {
      if (file instanceof InOwnPath own && !AttemptId.isIn(own.name(), attempt)) {
        throw new IllegalArgumentException("'%s' does not carry its id".formatted(own.name()));
      }
    }
  }

  byte[] bytes() {
    ObjectNode root = JSON.createObjectNode();
    root.put(KIND, WRITTEN);
    root.put("format_version", formatVersion);
    root.put("attempt", attempt);
    root.put("writer", writer);
    ArrayNode list = root.putArray("files");
    for (RecordedFile file : files) {
      ObjectNode entry = list.addObject();
      if (file instanceof InDirectory) {
        entry.put("name", file.name() + "/");
      } else {
        entry.put("name", file.name());
      }
      if (file instanceof WithDigest known) {
        entry.put("size", known.size());
        entry.put("sha256", known.sha256());
      } else if (file instanceof WithIdInside) {
        entry.put("id_inside", true);
      }
    }
    return (root + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a record.
   *
   * @return empty for anything else: another tool's file, or one whose writer was killed
   */
  static Optional<WriteRecord> of(byte[] bytes) {
    try {
      JsonNode root = JSON.readTree(bytes);
      if (root == null || !root.path(KIND).asText().equals(WRITTEN)) {
        return Optional.empty();
      }
      int version = root.path("format_version").intValue();
      String attempt = root.path("attempt").asText();
      if (version > OutputFormat.VERSION) {
        return Optional.of(new WriteRecord(version, attempt, "", List.of()));
      }
      List<RecordedFile> files = new ArrayList<>();
      root.path("files").forEach(entry -> files.add(file(entry)));
      return Optional.of(new WriteRecord(version, attempt, root.path("writer").asText(), files));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new IllegalStateException("Bytes in memory can be read", e);
    }
  }

  private static RecordedFile file(JsonNode entry) {
    String name = entry.path("name").asText();
    if (name.endsWith("/")) {
      return new InDirectory(name.substring(0, name.length() - 1));
    }
    if (entry.has("sha256")) {
      return new WithDigest(name, entry.path("size").longValue(), entry.path("sha256").asText());
    }
    return entry.path("id_inside").booleanValue() ? new WithIdInside(name) : new InOwnPath(name);
  }
}
