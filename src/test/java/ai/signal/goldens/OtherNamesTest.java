package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.signal.lora.LoraConfig;
import ai.signal.lora.MergedModel;
import ai.signal.model.AdapterShape;
import ai.signal.model.DType;
import ai.signal.model.Decoder;
import ai.signal.model.Dropout;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelSource;
import ai.signal.model.NativeAdapter;
import ai.signal.model.Packing;
import ai.signal.model.SafetensorsCopy;
import ai.signal.model.Scope;
import ai.signal.model.Trunk;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that say the same as builtin:tiny in other words compute the same. */
class OtherNamesTest {
  /** "Anna saw Tom." between BOS and EOS. */
  private static final int[] TOKENS = {0, 373, 683, 424, 52, 1};

  /** Transformers 4.56.2 with {@code tie_word_embeddings=False}. */
  private static final double LOSS = 10.237479209899902;

  @TempDir Path folder;

  @Test
  void asItIs() throws IOException {
    assertThat(loss()).isCloseTo(LOSS, within(1e-4));
  }

  @Test
  void ropeWithoutAType() throws IOException {
    config(
        config -> {
          config.remove("rope_scaling");
          double theta = config.remove("rope_theta").asDouble();
          config.putObject("rope_parameters").put("rope_theta", theta);
        });
    assertThat(loss()).isCloseTo(LOSS, within(1e-4));
  }

  @Test
  void weightsWithoutThePrefix() throws IOException {
    copy();
    SafetensorsCopy.rename(
        folder.resolve("model.safetensors"), name -> name.replaceFirst("^model\\.", ""));
    assertThat(loss()).isCloseTo(LOSS, within(1e-4));
  }

  /** Transformers 5.24 computes with the head too; 4.56 does not, and has 7.8320. */
  @Test
  void flagOfTiedWeightsThatDiffer() throws IOException {
    config(config -> config.put("tie_word_embeddings", true));
    assertThat(loss()).isCloseTo(LOSS, within(1e-4));
  }

  /** Others tie what config.json says is tied, so a merged model says what it is. */
  @Test
  void mergedModelIsUntied() throws IOException {
    config(config -> config.put("tie_word_embeddings", true));
    LoraConfig lora = new LoraConfig(2, 4, 0, List.of("q_proj"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MergedModel merged =
        MergedModel.of(ModelDirectory.open(folder), lora, Optional.empty(), 1L << 30);
    merged.otherFiles().get("config.json").writeTo(out);

    JsonNode written = new ObjectMapper().readTree(out.toByteArray());
    assertThat(written.get("tie_word_embeddings").booleanValue()).isFalse();
  }

  /** Mean nats of the tokens after the first, without an adapter. */
  private double loss() throws IOException {
    copy();
    try (Decoder decoder = Decoder.load(ModelDirectory.open(folder), DType.FLOAT32, Device.cpu());
        Scope scope = decoder.scope(1);
        NativeAdapter none = decoder.adapter(new float[0], AdapterShape.none(decoder.config()))) {
      Trunk trunk = decoder.trunk(scope, none, Packing.of(List.of(TOKENS)), Dropout.NONE, false);
      long[] rows = {0, 1, 2, 3, 4};
      long[] targets = {373, 683, 424, 52, 1};
      float[] logprobs = decoder.head(scope, trunk, rows, targets, false).logprobs();
      double sum = 0;
      for (float logprob : logprobs) {
        sum -= logprob;
      }
      return sum / logprobs.length;
    }
  }

  private void config(Consumer<ObjectNode> change) throws IOException {
    copy();
    Path file = folder.resolve("config.json");
    ObjectNode config = (ObjectNode) new ObjectMapper().readTree(file.toFile());
    change.accept(config);
    Files.writeString(file, config.toString());
  }

  /** What is there already stays. */
  private void copy() throws IOException {
    try (Stream<Path> files = Files.list(ModelSource.resolve("builtin:tiny"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (!Files.exists(folder.resolve(file.getFileName()))) {
          Files.copy(file, folder.resolve(file.getFileName()));
        }
      }
    }
  }
}
