package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizeLinesTest {
  @TempDir private Path model;

  @Test
  void refusesAnotherTokenizerThanTheDriverHas() throws IOException {
    ByteTokenizer.write(model, true);
    String driver = LaneDigest.ofTokenizer(model);
    ByteTokenizer.write(model, false);
    Function<Line, Tokenized> lines = open(driver);
    assertThatThrownBy(() -> lines.apply(line("{\"text\": \"a\"}")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("the tokenizer of %s differs between this host", model);
  }

  @Test
  void knowsTheChatTemplatesOfATokenizer() throws IOException {
    ByteTokenizer.write(model, true);
    List<String> digests = new ArrayList<>(List.of(LaneDigest.ofTokenizer(model)));
    Path named = Files.createDirectories(model.resolve("additional_chat_templates"));
    for (Path file :
        List.of(
            model.resolve("chat_template.jinja"),
            named.resolve("tool_use.jinja"),
            named.resolve("rag.jinja"))) {
      for (String template : List.of("{{ messages }}", "{{ messages[0] }}")) {
        Files.writeString(file, template);
        digests.add(LaneDigest.ofTokenizer(model));
      }
    }
    assertThat(digests).doesNotHaveDuplicates();
    Files.writeString(named.resolve("notes.txt"), "no template");
    assertThat(LaneDigest.ofTokenizer(model)).isEqualTo(digests.get(6));
    // In whatever order the host lists them.
    Path copy = model.resolve("copy");
    ByteTokenizer.write(copy, true);
    Files.copy(model.resolve("chat_template.jinja"), copy.resolve("chat_template.jinja"));
    Path copied = Files.createDirectories(copy.resolve("additional_chat_templates"));
    for (String name : List.of("rag.jinja", "tool_use.jinja")) {
      Files.copy(named.resolve(name), copied.resolve(name));
    }
    assertThat(LaneDigest.ofTokenizer(copy)).isEqualTo(digests.get(6));
  }

  @Test
  void makesNothingOfWhatFollowsAMistake() {
    Function<Line, Tokenized> lines = open("none");
    Tokenized failed = lines.apply(line("nonsense"));
    assertThat(failed.failure).startsWith("invalid JSON");
    assertThat(failed.place.offset).isEqualTo(5);
    assertThat(lines.apply(line("{\"text\": \"a\"}"))).isNull();
  }

  private Function<Line, Tokenized> open(String tokenizerSha256) {
    DataSpec spec = new DataSpec(List.of("data.jsonl"), DataFormat.AUTO, 8);
    return new TokenizeLines(
            model.toString(),
            tokenizerSha256,
            spec,
            new RecordReader(spec.format(), new DataFormat[1], Map.of()))
        .open();
  }

  private static Line line(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Line(0, 5, bytes, bytes.length);
  }
}
