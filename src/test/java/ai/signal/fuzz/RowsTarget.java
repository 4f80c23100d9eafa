package ai.signal.fuzz;

import ai.signal.data.RowsUse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Data that Spark reads: CSV, Parquet, ORC, and JSON lines of which some records are selected. */
record RowsTarget() implements Target {
  private static final String CSV = "data.csv";
  private static final String JSONL = "data.jsonl";

  /** 40 records of 'prompt' and 'completion' that Spark wrote, with snappy and zstd. */
  private static final List<String> BINARY = List.of("pairs.parquet", "pairs.orc");

  private static final String TABLE =
      "prompt,completion\n<3>,<4>\n\"<3> \"\"<4>\"\"\",\"<5>\n<6>\"\n,<7>\n";

  private static final String RECORD = "{\"prompt\": \"<3>\", \"completion\": \"<4>\"}";

  private static final List<String> PIECES =
      List.of(
          "\"",
          "\"\"",
          ",",
          ",,,",
          "\n",
          "\r",
          "\n\n",
          "prompt",
          "text",
          "prompt,prompt",
          "`",
          "a.b",
          "a`b",
          "_signal_path",
          "_signal_corrupt",
          "_metadata",
          "messages",
          "token_ids",
          "#",
          "\\",
          "\\\"",
          "x,".repeat(3000),
          "x".repeat(100_000));

  @Override
  public String name() {
    return "rows";
  }

  @Override
  public int count() {
    return 300;
  }

  @Override
  public int smallCount() {
    return 8;
  }

  @Override
  public Map<String, byte[]> mutant(SplittableRandom random) throws IOException {
    Map<String, byte[]> files = Seeds.model("gqa");
    int kind = random.nextInt(6);
    if (kind < BINARY.size()) {
      String name = BINARY.get(kind);
      byte[] sound = Seeds.bytes(Seeds.RESOURCES.resolve("fuzz").resolve(name));
      files.put(name, Mutations.bytes(sound, random));
      return files;
    }
    if (kind == BINARY.size()) {
      String line = JsonMutator.mutate(JsonMutator.parse(RECORD), List.of(), random);
      files.put(JSONL, (line + "\n" + RECORD + "\n").getBytes(StandardCharsets.UTF_8));
      return files;
    }
    String table = TABLE;
    for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
      int at = random.nextInt(table.length() + 1);
      int to = random.nextBoolean() ? at : Math.min(table.length(), at + random.nextInt(10));
      table = table.substring(0, at) + Mutations.pick(random, PIECES) + table.substring(to);
    }
    byte[] bytes = table.getBytes(StandardCharsets.UTF_8);
    files.put(CSV, random.nextInt(3) == 0 ? Mutations.bytes(bytes, random) : bytes);
    return files;
  }

  @Override
  public void use(Path directory) {
    Path file =
        Stream.of(CSV, JSONL, BINARY.get(0), BINARY.get(1))
            .map(directory::resolve)
            .filter(Files::exists)
            .findFirst()
            .orElseThrow();
    RowsUse.prepare(file, directory, directory.resolve("out"));
  }
}
