package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.signal.lora.PeftAdapter;
import ai.signal.model.DType;
import ai.signal.model.Decoder;
import ai.signal.model.Dropout;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelFormatException;
import ai.signal.model.NativeAdapter;
import ai.signal.model.Packing;
import ai.signal.model.SafetensorsCopy;
import ai.signal.model.Scope;
import ai.signal.model.Trunk;
import ai.signal.storage.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Adapters of PEFT whose modules differ in rank, alpha or presence compute what they compute in
 * PEFT, also after Signal has written them. src/goldens/peft_modules.py makes them.
 */
class PeftModulesTest {
  private static final Path FOLDER = Path.of("src/test/resources/peft-modules");
  private static final GoldenCase GOLDEN = GoldenCase.named("gqa");
  private static final ModelDirectory BASE = ModelDirectory.open(GOLDEN.model());

  @TempDir Path folder;

  static Stream<Path> adapters() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      return folders.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void sameLogprobsAsInPeft(Path adapter) throws IOException {
    float[] expected = GoldenTensors.read(adapter.resolve("logprobs.safetensors")).get("logprobs");
    PeftAdapter read = PeftAdapter.read(adapter, BASE);
    assertThat(Difference.largest(logprobs(read), expected)).isLessThan(1e-4);

    for (Map.Entry<String, Content> file : read.files("models/gqa", Map.of()).entrySet()) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      file.getValue().writeTo(out);
      Files.write(folder.resolve(file.getKey()), out.toByteArray());
    }
    PeftAdapter again = PeftAdapter.read(folder, BASE);
    assertThat(again.config()).isEqualTo(read.config());
    assertThat(again.layout().tensors()).isEqualTo(read.layout().tensors());
    assertThat(again.values()).isEqualTo(read.values());
  }

  /** PEFT would load them over the base model's. */
  @Test
  void savedEmbeddingsThatDiffer() throws IOException {
    for (String name : PeftAdapter.FILES) {
      Files.copy(FOLDER.resolve("embeddings").resolve(name), folder.resolve(name));
    }
    String embedding = "base_model.model.model.embed_tokens.weight";
    SafetensorsCopy.change(folder.resolve(PeftAdapter.FILES.get(0)), embedding, 41);

    assertThatThrownBy(() -> PeftAdapter.read(folder, BASE))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("tensor '" + embedding + "' has other values than the base model's");
  }

  private static float[] logprobs(PeftAdapter adapter) {
    List<int[]> tokens = GOLDEN.sequences().stream().map(GoldenCase.Sequence::tokens).toList();
    Packing packing = Packing.of(tokens);
    int count = tokens.stream().mapToInt(sequence -> sequence.length).sum();
    long[] rows = new long[count];
    long[] targets = new long[count];
    int at = 0;
    for (int i = 0; i < tokens.size(); i++) {
      for (int p = 0; p < tokens.get(i).length; p++) {
        rows[at] = (long) packing.starts()[i] + p;
        targets[at++] = GOLDEN.sequences().get(i).targets()[p];
      }
    }
    try (Decoder decoder = Decoder.load(BASE, DType.FLOAT32, Device.cpu());
        Scope scope = decoder.scope(1);
        NativeAdapter values = decoder.adapter(adapter.values(), adapter.layout().shape())) {
      Trunk trunk = decoder.trunk(scope, values, packing, Dropout.NONE, false);
      return decoder.head(scope, trunk, rows, targets, false).logprobs();
    }
  }
}
