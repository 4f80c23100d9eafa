package ai.signal.fuzz;

import ai.signal.job.SpecUse;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Job specs, the overrides on their command line, and the job.yaml in an output directory. */
record SpecTarget() implements Target {
  private static final Path JOBS = Path.of("jobs");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private static final List<String> LINES =
      List.of(
          "\t- x",
          "a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c, *c]",
          "<<: {name: other}",
          "name: &x demo",
          "name: *x",
          "? [a, b]\n: c",
          "? {a: b}\n: c",
          "---\nname: second",
          "...\nx",
          "%YAML 9.9\n---",
          "%TAG ! tag:x,2000:\n---",
          "seed: !!int \"x\"",
          "seed: !!python/object:os.system x",
          "seed: !!binary AAAA",
          "seed: !!javax.script.ScriptEngineManager []",
          "seed: !!float .inf",
          "seed: !!set {a, b}",
          "seed: 0b1_0",
          "seed: 0x" + "f".repeat(40),
          "seed: 0o777",
          "seed: 1:2:3",
          "seed: 0:99999999999999999999",
          "seed: " + "9".repeat(2000),
          "seed: 1_000__0_",
          "seed: _",
          "seed: -0x8000000000000000",
          "seed: 9223372036854775808",
          "seed: .",
          "seed: +.e1",
          "seed: 1e",
          "seed: 2001-01-01T00:00:00Z",
          "seed: ~",
          "seed:",
          "name: ",
          "name: |\n  a\n  b",
          "name: \"\\ud800\"",
          "name: \"\\x00\\U0010ffff\"",
          "name: \"\\U00110000\"",
          "name: \"\\uZZZZ\"",
          "output: \"\\ud800/x\"",
          "output: \"a\\0b\"",
          "output: \"s3a:x y\"",
          "output: \"file:///%zz\"",
          "output: \"ab:cd\"",
          "output: \"" + "o".repeat(70_000) + "\"",
          "model: {base: \"\\ud800\"}",
          "model: {base: \"a\\0b\"}",
          "model: {base: \"file:///%zz\"}",
          "model: {base: \"file:x\"}",
          "model: {base: \"file://host/x\"}",
          "model: {base: \"zz:///x\"}",
          "model: {base: \"builtin:\\ud800\"}",
          "model: {base: builtin:../tiny}",
          "lora: {init: \"\\ud800\"}",
          "lora: {init: \"a\\0b\"}",
          "lora: {init: \"zz:///x\"}",
          "lora: {init: \"file:///nowhere\"}",
          "lora: {rank: 2147483647, targets: all-linear}",
          "lora: {alpha: .nan}",
          "lora: {alpha: 1e999}",
          "lora: {dropout: .inf}",
          "cluster: {lanes: 2147483647}",
          "cluster: {threads: 2147483647, lanes: 2147483647}",
          "cluster: {gpus: \"\\ud800\"}",
          "cluster: {gpus: 99999999999}",
          "stages: [" + "[".repeat(60) + "]".repeat(60) + "]",
          "stages: " + "[".repeat(5000),
          "stages: " + "{a: ".repeat(200) + "1" + "}".repeat(200),
          "stages:\n" + deep(300),
          "stages: {}",
          "stages: [save, save]",
          "stages: [{save: }, {save: {mode: state}}]",
          "stages: [{save: {mode: merged, max_shard_size: 1}}]",
          "stages: [{save: {mode: merged, max_shard_size: 99999999999999999999GB}}]",
          "stages: [{save: {mode: merged, max_shard_size: -1}}]",
          "stages: [{train: {data: {path: \"\\ud800\"}}}]",
          "stages: [{train: {data: {path: \"{a,\"}}}]",
          "stages: [{train: {data: {path: \"[a-\"}}}]",
          "stages: [{train: {data: {path: \"\\\\\"}}}]",
          "stages: [{train: {data: {path: \"a:b\"}}}]",
          "stages: [{train: {data: {path: \"file:\"}}}]",
          "stages: [{train: {data: {path: \"zz:///x\"}}}]",
          "stages: [{train: {data: {path: []}}}]",
          "stages: [{train: {data: {path: data.jsonl, fields: {text: \"\\ud800\"}}}}]",
          "stages: [{train: {data: {path: data.jsonl, filter: \"1 +\"}}}]",
          "stages: [{sample: {prompts: {path: data.jsonl}, reward: {name: matches, pattern: \"(\"}}}]",
          "stages: [{sample: {prompts: {path: data.jsonl}, reward: {name: matches, pattern: \""
              + "(".repeat(3000)
              + "\"}}}]",
          "stages: [{sample: {prompts: {path: data.jsonl}, reward: {class: \"[I\"}}}]",
          "stages: [{sample: {prompts: {path: data.jsonl}, reward: {class: java.lang.String}}}]",
          "stages: [{sample: {prompts: {path: data.jsonl}, temperature: .nan}}]",
          "stages: [{sample: {prompts: {path: data.jsonl}, max_tokens: 2147483647}}]",
          "stages: [{sample: {prompts: {path: data.jsonl}, stop: [\"\\ud800\", \"\"]}}]",
          "stages: [{train: {data: {path: data.jsonl}, batch_size: 2147483647, steps: 2147483647, tokens_per_microbatch: 2147483647}}]",
          "stages: [{train: {data: {path: data.jsonl, max_length: 2147483647}}}]",
          "# " + "c".repeat(200_000),
          "x: " + "y".repeat(3_200_000),
          "\u0000",
          "\u0085\u2028",
          "\ufeffname: x",
          "@x",
          "`x",
          "x: [a",
          "x: 'a",
          "x: \"a",
          "x: {a",
          "x: >9\n a",
          "x: |0\n a",
          "- a",
          ": ",
          "? ",
          "!",
          "!<",
          "!!",
          "&",
          "*");

  private static final List<String> OVERRIDES =
      List.of(
          "=",
          "a",
          "a=",
          ".=1",
          "..=1",
          "seed=[",
          "seed={a: 1}",
          "seed=&a 1",
          "seed=*a",
          "seed=!!python/name:os.system",
          "seed=1e400",
          "stages.0=1",
          "stages.-1=1",
          "stages.99999999999=1",
          "stages.0.train=",
          "stages=",
          "stages.0.train.steps=9999999999",
          "stages.1.train.steps=0",
          "stages.1.train.data.path=\ud83d\ude00",
          "stages.1.train.data.path=a\u0000b",
          "model.base=\u0000",
          "lora.targets=[" + "[".repeat(2000),
          "name=\n",
          "name=a\nb: c",
          "output=\u0000",
          "output=",
          "output=..",
          "x".repeat(10_000) + "=1",
          "lora." + "a.".repeat(3000) + "b=1",
          "model=builtin:tiny",
          "model.base.x=1",
          "cluster.gpus=-1",
          "cluster.lanes=0");

  private static String deep(int depth) {
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < depth; i++) {
      yaml.append(" ".repeat(i + 1)).append("a:\n");
    }
    return yaml.toString();
  }

  @Override
  public String name() {
    return "spec";
  }

  @Override
  public int count() {
    return 2500;
  }

  @Override
  public int smallCount() {
    return 100;
  }

  @Override
  public Map<String, byte[]> mutant(SplittableRandom random) throws IOException {
    Map<String, byte[]> files = Seeds.model("gqa");
    String yaml = Mutations.pick(random, jobs());
    files.put("job.yaml", mutated(yaml, random));
    if (random.nextInt(4) == 0) {
      files.put("out/job.yaml", mutated(yaml, random));
      files.put("out/summary.json", JsonMutator.bytes(summary(), List.of(), random));
    }
    List<String> overrides = new ArrayList<>();
    for (int i = random.nextInt(4) - 2; i >= 0; i--) {
      String override = Mutations.pick(random, OVERRIDES);
      overrides.add(random.nextBoolean() ? override : Mutations.text(override, random));
    }
    files.put("overrides.txt", String.join("\u0001", overrides).getBytes(StandardCharsets.UTF_8));
    files.put(
        "data.jsonl",
        "{\"prompt\": \"<3>\", \"completion\": \"<4>\"}\n"
            .repeat(8)
            .getBytes(StandardCharsets.UTF_8));
    files.put(
        "preferences.jsonl",
        "{\"prompt\": \"<3>\", \"chosen\": \"<4>\", \"rejected\": \"<5>\"}\n"
            .repeat(8)
            .getBytes(StandardCharsets.UTF_8));
    files.put("prompts.jsonl", "{\"prompt\": \"<3>\"}\n".getBytes(StandardCharsets.UTF_8));
    return files;
  }

  /** The specs that ship with Signal, on a model and data in their own directory. */
  private static List<String> jobs() throws IOException {
    List<String> jobs = new ArrayList<>();
    try (Stream<Path> files = Files.list(JOBS)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        jobs.add(
            Seeds.text(file)
                .replace("builtin:tiny", ".")
                .replaceAll("data/[a-z-]*prompts.jsonl", "prompts.jsonl")
                .replaceAll("data/requests-held-out.jsonl", "prompts.jsonl")
                .replaceAll("data/requests-preferences.jsonl", "preferences.jsonl")
                .replaceAll("data/[a-z-]+.jsonl", "data.jsonl")
                .replaceAll("output: .*", "output: OUT"));
      }
    }
    return jobs;
  }

  private static byte[] mutated(String yaml, SplittableRandom random) throws IOException {
    byte[] bytes =
        switch (random.nextInt(5)) {
          case 0, 1 -> lines(yaml, random).getBytes(StandardCharsets.UTF_8);
          case 2 -> Mutations.bytes(yaml.getBytes(StandardCharsets.UTF_8), random);
          default -> JsonMutator.bytes(YAML.readTree(yaml), List.of(), random); // JSON is YAML
        };
    return bytes;
  }

  /** Inserts lines, or puts them in the place of those that have the same key. */
  private static String lines(String yaml, SplittableRandom random) {
    List<String> lines = new ArrayList<>(yaml.lines().toList());
    for (int changes = 1 + random.nextInt(3) / 2; changes > 0; changes--) {
      String line = Mutations.pick(random, LINES);
      int colon = line.indexOf(':');
      String key = colon > 0 ? line.substring(0, colon + 1) : "";
      int first =
          lines.indexOf(lines.stream().filter(l -> l.startsWith(key)).findFirst().orElse(""));
      if (!key.isEmpty() && first >= 0 && random.nextInt(9) > 0) {
        int end = first + 1;
        while (end < lines.size() && lines.get(end).startsWith(" ")) {
          end++;
        }
        lines.subList(first, end).clear();
        lines.add(first, line);
      } else {
        lines.add(random.nextInt(lines.size() + 1), line);
      }
    }
    return String.join("\n", lines);
  }

  private static com.fasterxml.jackson.databind.JsonNode summary() {
    return JsonMutator.parse("{\"name\": \"x\", \"status\": \"succeeded\", \"stages\": []}");
  }

  @Override
  public void use(Path directory) throws Exception {
    List<String> overrides =
        Stream.of(Files.readString(directory.resolve("overrides.txt")).split("\u0001", -1))
            .filter(text -> !text.isEmpty())
            .toList();
    SpecUse.dryRun(directory.resolve("job.yaml"), directory.resolve("out"), overrides);
  }
}
