package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFileTest {
  @TempDir private Path directory;

  @Test
  void listsFilesDirectoriesAndGlobsInTheOrderOfLocations() throws IOException {
    write("b/2.jsonl", "b/1.jsonl", "b/_SUCCESS", "b/.hidden", "a.jsonl", "c1.jsonl", "c2.jsonl");
    assertThat(names("c*.jsonl", "b", "a.jsonl"))
        .containsExactly("a.jsonl", "b/1.jsonl", "b/2.jsonl", "c1.jsonl", "c2.jsonl");
  }

  @Test
  void takesAFileThatIsNamedTwiceOnce() throws IOException {
    write("a.jsonl", "b.jsonl");
    assertThat(names("a.jsonl", "*.jsonl")).containsExactly("a.jsonl", "b.jsonl");
  }

  @Test
  void takesNamesThatLookLikeGlobsOrUrisAsTheyAre() throws IOException {
    write("a[1].jsonl", "a b%20c.jsonl", "d,{e}*.jsonl", "é#?.jsonl");
    assertThat(names("a[1].jsonl", "a b%20c.jsonl", "d,{e}*.jsonl", "é#?.jsonl")).hasSize(4);
  }

  @Test
  void knowsLengthAndName() throws IOException {
    write("a.jsonl");
    InputFile file = list("a.jsonl").get(0);
    assertThat(file.length()).isEqualTo(3);
    assertThat(file.modified())
        .isEqualTo(Files.getLastModifiedTime(directory.resolve("a.jsonl")).toMillis());
    assertThat(file.location()).isEqualTo("file:" + directory.resolve("a.jsonl"));
    assertThat(file.name()).isEqualTo(directory.resolve("a.jsonl").toString());
    String here = "file:" + Path.of("pom.xml").toAbsolutePath();
    assertThat(new InputFile(here, 0, 0).name()).isEqualTo("pom.xml");
    assertThat(new InputFile("s3a://b/a.jsonl", 0, 0).name()).isEqualTo("s3a://b/a.jsonl");
  }

  @Test
  void refusesWhatIsNoData() throws IOException {
    write("d/sub/a.jsonl", "empty/_SUCCESS");
    assertThatThrownBy(() -> list("none.jsonl"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("Cannot read " + directory.resolve("none.jsonl") + ": no such file");
    assertThatThrownBy(() -> list("empty")).hasMessageContaining("no such file");
    assertThatThrownBy(() -> list("d")).hasMessageContaining("it holds the directory sub");
    assertThatThrownBy(() -> InputFile.list(List.of("nosuch://a/b"), new Configuration()))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("Cannot read nosuch://a/b");
  }

  private void write(String... names) throws IOException {
    for (String name : names) {
      Files.createDirectories(directory.resolve(name).getParent());
      Files.writeString(directory.resolve(name), "{}\n");
    }
  }

  private List<InputFile> list(String... names) {
    return InputFile.list(
        Arrays.stream(names).map(name -> directory.resolve(name).toString()).toList(),
        new Configuration());
  }

  private List<String> names(String... paths) {
    return list(paths).stream()
        .map(file -> directory.relativize(Path.of(file.name())).toString())
        .toList();
  }
}
