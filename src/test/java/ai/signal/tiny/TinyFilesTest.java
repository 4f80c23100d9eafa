package ai.signal.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TinyFilesTest {
  private static final long LARGEST = 12_000_000;

  @Test
  void committedFilesAreWhatTheProgramWrites() {
    assertThat(TinyFiles.all()).allSatisfy((file, text) -> assertThat(file).hasContent(text));
  }

  @Test
  void theModelIsSmall() throws IOException {
    try (Stream<Path> files = Files.list(TinyFiles.MODEL)) {
      assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isLessThan(LARGEST);
    }
  }

  @Test
  void theWeightsFitTheConfig() {
    ModelDirectory model = ModelDirectory.open(TinyFiles.MODEL);
    assertThat(model.config().eosTokenIds()).containsExactly(1);
    assertThat(model.tensor("lm_head.weight").dtype().specName()).isEqualTo("bfloat16");
  }
}
