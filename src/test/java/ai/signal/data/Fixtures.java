package ai.signal.data;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Data sets of random records, and what their examples must be, worked out without Spark. */
final class Fixtures {
  private static final String[] PIECES = {"a", "bc", " ", "é", "😀", "\"", "\\", "\n", "日本"};

  private Fixtures() {}

  /**
   * Three files of prompts, one of text; blank lines, both line ends, the last line without one.
   */
  static void writeData(Path directory) throws IOException {
    Files.createDirectories(directory);
    Random random = new Random(42);
    for (int file = 0; file < 4; file++) {
      StringBuilder lines = new StringBuilder();
      int records = 5 + random.nextInt(150);
      for (int i = 0; i < records; i++) {
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        if (file == 2) {
          record.put("text", "t" + text(random, 30));
        } else {
          record.put("prompt", text(random, 20)).put("completion", "c" + text(random, 10));
        }
        lines.append(random.nextInt(9) == 0 ? " \t\n" : "");
        lines.append(record).append(i == records - 1 ? "" : random.nextInt(5) == 0 ? "\r\n" : "\n");
      }
      Files.writeString(directory.resolve("part-%d.jsonl".formatted(file)), lines);
    }
  }

  /** The lines of the files in {@code directory} by identity, in order, blank ones left out. */
  static Map<String, String> lines(Path directory) throws IOException {
    Map<Path, byte[]> files = new TreeMap<>();
    try (var paths = Files.list(directory)) {
      for (Path path : paths.toList()) {
        files.put(path, Files.readAllBytes(path));
      }
    }
    Map<String, String> lines = new java.util.LinkedHashMap<>();
    files.forEach(
        (path, bytes) -> {
          int start = 0;
          for (int i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '\n') {
              String line = new String(bytes, start, i - start, StandardCharsets.UTF_8);
              if (!line.isBlank()) {
                lines.put("file:" + path + "@" + start, line);
              }
              start = i + 1;
            }
          }
        });
    return lines;
  }

  /** All examples of the data set, in the order of their lanes, then of their places there. */
  static List<List<Example>> examples(LaneDataset dataset) {
    List<List<Example>> lanes = new ArrayList<>();
    for (int lane = 0; lane < dataset.lanes(); lane++) {
      LaneFile file = dataset.lane(lane);
      List<Example> examples = new ArrayList<>();
      for (int i = 0; i < file.examples(); i++) {
        examples.add(file.example(i));
      }
      lanes.add(examples);
    }
    return lanes;
  }

  private static String text(Random random, int maxPieces) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(maxPieces); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }
}
