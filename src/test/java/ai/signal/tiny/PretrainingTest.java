package ai.signal.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainingTest {
  @TempDir private Path directory;

  @Test
  void fewStepsTeachALittleAndGiveTheSameBytesAgain() throws IOException {
    for (String file : List.of("config.json", "tokenizer.json")) {
      Files.copy(TinyFiles.MODEL.resolve(file), directory.resolve(file));
    }
    Pretraining recipe = new Pretraining(TinyFiles.CORPUS, 12);

    List<Double> losses = TinyModel.pretrain(directory, recipe);
    byte[] weights = Files.readAllBytes(directory.resolve("model.safetensors"));
    ModelDirectory.open(directory);

    assertThat(losses).hasSize(12);
    assertThat(losses.get(0)).isBetween(6.5, 7.5);
    assertThat(losses.get(11)).isLessThan(losses.get(0) - 0.5);
    assertThat(TinyModel.pretrain(directory, recipe)).isEqualTo(losses);
    assertThat(directory.resolve("model.safetensors")).hasBinaryContent(weights);
  }
}
