package ai.signal.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of docs/mistakes.md, and the files that their commands name. */
final class Mistakes {
  private static final Pattern ROW = Pattern.compile("\\| `(.*)` \\| (\\d) \\| `(.*)` \\|");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
  private static final String ENVIRONMENT = "[A-Z_]+=.*";
  private static final Path MODEL = Path.of("target/classes/ai/signal/models/tiny");
  private static final String SCRIPT = "./submit.sh";

  private Mistakes() {}

  /**
   * One row.
   *
   * @param section the heading above it
   * @param command as a person types it
   * @param status what it exits with
   * @param line the only line that it prints on standard error; an ellipsis stands for any text
   */
  record Row(String section, String command, int status, String line) {
    private List<String> words() {
      List<String> words = new ArrayList<>();
      Matcher word = WORD.matcher(command);
      while (word.find()) {
        words.add(word.group(1) != null ? word.group(1) : word.group(2));
      }
      return words;
    }

    Map<String, String> environment() {
      return words().stream()
          .takeWhile(word -> word.matches(ENVIRONMENT))
          .collect(
              Collectors.toMap(
                  word -> word.substring(0, word.indexOf('=')),
                  word -> word.substring(word.indexOf('=') + 1)));
    }

    List<String> arguments() {
      List<String> words = words();
      return words.subList(words.indexOf(SCRIPT) + 1, words.size());
    }

    /** What the line is to match. */
    Pattern pattern() {
      return Pattern.compile(
          Stream.of(line.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }
  }

  /** The rows of all sections, in their order. */
  static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    String section = "";
    for (String line : Files.readAllLines(Path.of("docs/mistakes.md"))) {
      Matcher row = ROW.matcher(line);
      if (line.startsWith("## ")) {
        section = line.substring(3);
      } else if (row.matches()) {
        rows.add(new Row(section, row.group(1), Integer.parseInt(row.group(2)), row.group(3)));
      }
    }
    return rows;
  }

  /** Writes what the commands call {@code mistakes/...} into a directory. */
  static void write(Path directory) throws IOException {
    Map<String, String> files = new LinkedHashMap<>(specs());
    files.put("empty.jsonl", "");
    files.put("adapter-of-none/adapter_config.json", "{}");
    String pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 538090408\n"
            .formatted("0".repeat(64));
    files.put("pointers/config.json", builtin("config.json"));
    files.put("pointers/model.safetensors", pointer);
    files.put("web-page/config.json", builtin("config.json"));
    files.put("web-page/model.safetensors", "<!DOCTYPE html>\n<html><body>404</body></html>\n");
    files.put("pointer-of-tokens/config.json", builtin("config.json"));
    files.put("pointer-of-tokens/tokenizer.json", pointer);
    files.put("no-config/README.md", "");
    files.put("marked/config.json", "\uFEFF" + builtin("config.json"));
    files.put("not-a-number/config.json", "{\"rms_norm_eps\": NaN}");
    files.put("no-tokenizer/config.json", builtin("config.json"));
    files.put(
        "chat.jsonl",
        """
        {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
        """);
    for (String name : List.of("broken-template", "broken-config")) {
      files.put(name + "/config.json", builtin("config.json"));
      files.put(name + "/tokenizer.json", builtin("tokenizer.json"));
    }
    files.put("broken-template/chat_template.jinja", "{% for x in %}");
    files.put("broken-config/tokenizer_config.json", "{\"chat_template\": \"{% for x in %}\"}");
    files.put("pickle/config.json", builtin("config.json"));
    files.put("pickle/pytorch_model.bin", "");
    files.put("a-file", "");
    files.put("secret.conf", "spark.master spark\\://user:SECRET@host:7077\n");
    files.put("escape.conf", "# \\u is a comment\nspark.app.name \\u00zz\n");
    files.put(
        "ivy.xml",
        """
        <ivysettings>
          <settings defaultResolver="none"/>
          <resolvers>
            <filesystem name="none"><artifact pattern="/nowhere/[artifact]-[revision].jar"/></filesystem>
          </resolvers>
        </ivysettings>
        """);
    files.put("not-ours/job.yaml", specs().get("saves.yaml"));
    files.put("not-ours/summary.json", "{\"status\": \"succeeded\"}");
    files.put("jdk-11/release", "JAVA_VERSION=\"11.0.2\"\n");
    files.put("jdk-11/bin/java", "");
    files.put("jdk-8/bin/java", "#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n");
    files.put("spark-4/jars/spark-core_2.13-4.0.1.jar", "");
    files.put("spark-4/bin/spark-submit", "");
    files.put("spark/jars/spark-core_2.12-3.5.5.jar", "");
    files.put("spark/jars/spark-yarn_2.12-3.5.5.jar", "");
    files.put("spark/bin/spark-submit", "");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
      if (path.getParent().endsWith("bin") && !path.toFile().setExecutable(true)) {
        throw new IOException("Cannot make executable: " + path);
      }
    }
    Files.write(directory.resolve("not-text.yaml"), new byte[] {'n', ':', (byte) 0xff, '\n'});
    for (String name : List.of("no-tokenizer", "broken-template", "broken-config")) {
      Files.createSymbolicLink(
          directory.resolve(name + "/model.safetensors"),
          MODEL.resolve("model.safetensors").toAbsolutePath());
    }
    noJava(directory.resolve("no-java"));
  }

  /** The programs that submit.sh needs, without java. */
  private static void noJava(Path bin) throws IOException {
    Files.createDirectories(bin);
    for (String program :
        List.of("bash", "env", "dirname", "readlink", "sed", "grep", "find", "head", "tail")) {
      Path there = Path.of("/usr/bin", program);
      Files.createSymbolicLink(
          bin.resolve(program), Files.exists(there) ? there : Path.of("/bin", program));
    }
  }

  private static String builtin(String name) throws IOException {
    return Files.readString(MODEL.resolve(name));
  }

  private static Map<String, String> specs() {
    String head = "name: a\nmodel: {base: builtin:tiny}\noutput: runs/a\n";
    String save = "stages: [{save: {}}]\n";
    return Map.ofEntries(
        Map.entry("tab.yaml", head + "lora:\n\trank: 4\n" + save),
        Map.entry("deep.yaml", head + "lora: " + "[".repeat(100_000)),
        Map.entry("nested.yaml", head + "lora: " + "{a: ".repeat(70) + "1" + "}".repeat(70)),
        Map.entry("huge.yaml", head + "# padding\n".repeat(40_000) + save),
        Map.entry("alias.yaml", head + "lora: &a {rank: 4}\ncluster: *a\n" + save),
        Map.entry("twice.yaml", head + "seed: 1\nseed: 2\n" + save),
        Map.entry("two-documents.yaml", head + save + "---\n" + head),
        Map.entry("empty.yaml", "# nothing yet\n"),
        Map.entry("list.yaml", "- name: a\n"),
        Map.entry("quote.yaml", head + "name2: \"a\n" + save),
        Map.entry("long-key.yaml", head + "? " + "k".repeat(5_000) + "\n: 1\n" + save),
        Map.entry("saves.yaml", head + save),
        Map.entry("chat.yaml", head + "stages: [{train: {data: {path: chat.jsonl}, steps: 1}}]\n"),
        Map.entry("no-stages.yaml", head),
        Map.entry("no-model.yaml", "name: a\noutput: runs/a\n" + save),
        Map.entry("misspelt-stage.yaml", head + "stages: [{trian: {data: {path: a.jsonl}}}]\n"),
        Map.entry(
            "two-kinds.yaml", head + "stages:\n  - train: {data: {path: a.jsonl}}\n    save: {}\n"),
        Map.entry("flat-stage.yaml", head + "stages:\n  - train:\n    data: {path: a.jsonl}\n"),
        Map.entry("empty-stage.yaml", head + "stages:\n  - {}\n"),
        Map.entry("null-stage.yaml", head + "stages:\n  -\n"),
        Map.entry("text-stage.yaml", head + "stages: [svae]\n"),
        Map.entry("one-stage.yaml", head + "stages: {save: {}}\n"),
        Map.entry("home.yaml", head.replace("runs/a", "~other/runs/a") + save));
  }
}
