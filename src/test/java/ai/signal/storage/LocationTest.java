package ai.signal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocationTest {
  private static final String HOME = System.getenv("HOME");
  private final Configuration conf = new Configuration(false);

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " ", "\t"})
  void anEmptyPathIsRefused(String path) {
    assertThatThrownBy(() -> Location.of("Cannot save state", path))
        .hasMessage("Cannot save state: the location is empty; name a path or a URI");
  }

  @Test
  void charactersThatBreakALineOfTextAreRefused() {
    for (String path : new String[] {"a\u0000b", "a\nb", "a\r", "s3a://b/\u001b[2J", "a\u2028b"}) {
      assertThatThrownBy(() -> Location.of("Cannot save state", path))
          .isExactlyInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching(
              "Cannot save state: the location has a control character \\(U\\+[0-9A-F]{4}\\); remove it");
    }
    for (String path : new String[] {"a\ud800", "\udc00b", "s3a://b/\ud83d"}) {
      assertThatThrownBy(() -> Location.of("Cannot save state", path))
          .hasMessageMatching(
              "Cannot save state: the location has half a surrogate pair \\(U\\+D[0-9A-F]{3}\\); remove it");
    }
    assertThat(Location.of("Cannot save state", "s3a://b/\ud83d\ude00")).isNotNull();
  }

  @Test
  void aTildeIsTheHomeDirectory() {
    assertThat(Location.of("x", "~/runs/a").local()).isEqualTo(Path.of(HOME, "runs/a"));
    assertThat(Location.of("x", "~")).hasToString(HOME);
    assertThat(Location.of("x", "./~/a")).hasToString("./~/a");
    assertThat(Location.of("x", "./~anna")).hasToString("./~anna");
    assertThat(Location.problem("~anna/a")).get().asString().contains("~/... for your own");
    conf.set("fs.defaultFS", "hdfs://name-node:8020");
    assertThat(Location.of("x", "~/a").path(conf)).hasToString("file:" + HOME + "/a");
  }

  @ParameterizedTest
  @CsvSource({
    "s3a://bucket/x, s3a",
    "S3A://bucket/x, s3a",
    "builtin:tiny, builtin",
    "/a:b/c, ''",
    "a/b:c, ''",
    "C:/x, ''"
  })
  void aSchemeNamesTheFileSystem(String path, String scheme) {
    assertThat(Location.of("x", path).scheme().orElse("")).isEqualTo(scheme);
  }

  @Test
  void localPathsAreOfThisMachine() {
    assertThat(Location.of("x", "a/b").local()).isEqualTo(Path.of("a/b"));
    assertThat(Location.of("x", "file:/a%20b").local()).isEqualTo(Path.of("/a b"));
    assertThatThrownBy(() -> Location.of("x", "file:/a b").local())
        .hasMessageStartingWith("the file: URI is not valid: ");
    assertThatThrownBy(() -> Location.of("x", "s3a://bucket/x").local())
        .hasMessage("it is a s3a: location; name a directory of this machine");
  }

  @Test
  void aDefaultFileSystemWithCredentialsIsNotUsed() {
    conf.set("fs.defaultFS", "hdfs://anna:PLANTED@name-node:8020");
    for (String path : new String[] {"runs/x", "/runs/x", "hdfs:/runs/x"}) {
      assertThatThrownBy(() -> Location.of("Cannot save state", path).path(conf))
          .isExactlyInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              "Cannot open %s: fs.defaultFS is refused: the hdfs: location carries a password before the @"
                  .formatted(path))
          .hasMessageNotContaining("PLANTED");
    }
    assertThat(Location.of("x", "s3a://bucket/x").path(conf)).hasToString("s3a://bucket/x");
  }
}
