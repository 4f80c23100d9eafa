package ai.signal.fuzz;

import ai.signal.data.DataUse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Records of all formats, in JSON lines and in JSON arrays. */
record DataTarget() implements Target {
  private static final Map<String, List<String>> RECORDS =
      new TreeMap<>(
          Map.of(
              "text", List.of("{\"text\": \"<3> <4> \\u00e9\"}"),
              "prompt_completion", List.of("{\"prompt\": \"<3>\", \"completion\": \"<4>\"}"),
              "preference",
                  List.of("{\"prompt\": \"<3>\", \"chosen\": \"<4>\", \"rejected\": \"<5>\"}"),
              "messages",
                  List.of(
                      "{\"messages\": [{\"role\": \"user\", \"content\": \"<3>\"}, {\"role\": \"assistant\", \"content\": \"<4>\"}]}",
                      "{\"messages\": [{\"role\": \"user\", \"content\": \"<3>\"}, {\"role\": \"assistant\", \"content\": null, \"tool_calls\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"arguments\": {\"x\": 1}}}]}], \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\": {}}}]}"),
              "tokens",
                  List.of(
                      "{\"token_ids\": [3, 4, 5]}",
                      "{\"token_ids\": [3, 4, 5], \"weights\": [0, 1, 0.5]}",
                      "{\"token_ids\": {\"ids\": [3, 4], \"attention_mask\": [1, 1]}}"),
              "scored",
                  List.of(
                      "{\"prompt\": \"<3>\", \"responses\": [\"<4>\", \"<5>\"], \"rewards\": [0, 1]}",
                      "{\"prompt\": \"<3>\", \"responses\": [[4], [5, 6]], \"rewards\": [0, 1.5], \"logprobs\": [[-1], [-1, -2]]}")));

  private static final List<String> VALUES =
      List.of(
          "[63]",
          "[64]",
          "[3,4]",
          "[\"<4>\",\"<5>\"]",
          "[1e38,1e39]",
          "[-1e308,1e308]",
          "[[-1],[null]]",
          "[[],[]]",
          "{\"role\":\"assistant\"}",
          "{\"role\":null,\"content\":[{\"type\":\"text\",\"text\":1}]}",
          "[{\"role\":\"assistant\",\"content\":{}}]",
          "[null,{\"role\":\"assistant\"}]",
          "\"<3> \\udbff <4>\"");

  @Override
  public String name() {
    return "data";
  }

  @Override
  public int count() {
    return 2500;
  }

  @Override
  public int smallCount() {
    return 80;
  }

  @Override
  public Map<String, byte[]> mutant(SplittableRandom random) throws IOException {
    String format = Mutations.pick(random, List.copyOf(RECORDS.keySet()));
    List<String> lines = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      String record = Mutations.pick(random, RECORDS.get(format));
      lines.add(
          random.nextInt(3) == 0
              ? record
              : JsonMutator.mutate(JsonMutator.parse(record), VALUES, random));
    }
    boolean array = random.nextBoolean();
    String text = array ? "[" + String.join(",\n", lines) + "]" : String.join("\n", lines);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Map<String, byte[]> files = Seeds.model("gqa");
    files.put(
        "chat_template.jinja",
        "{% for m in messages %}{{ m.role ~ ' ' ~ m.content }} {% endfor %}"
            .getBytes(StandardCharsets.UTF_8));
    String given = random.nextInt(3) == 0 ? "auto" : format;
    files.put("format.txt", given.getBytes(StandardCharsets.UTF_8));
    files.put(
        array ? "data.json" : "data.jsonl",
        random.nextInt(5) == 0 ? Mutations.bytes(bytes, random) : bytes);
    return files;
  }

  @Override
  public void use(Path directory) throws IOException {
    Path array = directory.resolve("data.json");
    Path file = Files.exists(array) ? array : directory.resolve("data.jsonl");
    DataUse.records(file, Files.readString(directory.resolve("format.txt")), directory);
  }
}
