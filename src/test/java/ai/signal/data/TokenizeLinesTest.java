package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
