package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.Irregular;
import ai.signal.chat.ChatFormat;
import ai.signal.lora.PeftAdapter;
import ai.signal.model.tokenizer.TokenizerFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A file of a model or an adapter that is no regular file is refused before it is opened. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IrregularModelFilesTest {
  @TempDir Path directory;

  /** Reads a model or adapter in a directory. */
  @FunctionalInterface
  private interface Reader {
    void read(Path directory) throws IOException;
  }

  /** The readers of each file. */
  private static final Map<String, List<Reader>> READERS = new LinkedHashMap<>();

  static {
    READERS.put(
        "config.json",
        List.of(
            ModelDirectory::open,
            ModelIdentity::of,
            model -> ModelConfig.read(model.resolve("config.json"))));
    READERS.put("generation_config.json", List.of(ModelDirectory::open));
    READERS.put("model.safetensors", List.of(ModelDirectory::open, ModelIdentity::of));
    READERS.put("model.safetensors.index.json", List.of(ModelDirectory::open));
    READERS.put("model-2.safetensors", List.of(ModelDirectory::open, ModelIdentity::of));
    READERS.put(
        "tokenizer.json",
        List.of(
            Tokenizer::load,
            model -> Tokenizer.tryOut(model, List::of),
            model -> TokenizerFile.read(model.resolve("tokenizer.json"))));
    READERS.put("tokenizer_config.json", List.of(ChatFormat::open, ChatFormat::specialTokens));
    READERS.put("special_tokens_map.json", List.of(ChatFormat::specialTokens));
    READERS.put("chat_template.jinja", List.of(ChatFormat::open));
    READERS.put("additional_chat_templates/tools.jinja", List.of(ChatFormat::open));
    List<Reader> adapter = List.of(path -> PeftAdapter.read(path, LlamaFiles.CONFIG));
    READERS.put("adapter_config.json", adapter);
    READERS.put("adapter_model.safetensors", adapter);
  }

  static Stream<Arguments> everyFileAndKind() {
    return READERS.keySet().stream()
        .flatMap(name -> Stream.of(Irregular.values()).map(kind -> Arguments.of(name, kind)));
  }

  @ParameterizedTest
  @MethodSource("everyFileAndKind")
  void isRefused(String name, Irregular kind) throws Exception {
    if (name.contains("index") || name.contains("-2")) {
      LlamaFiles.shardedModel(directory);
    } else {
      LlamaFiles.model(directory);
    }
    Files.writeString(
        directory.resolve("adapter_config.json"),
        "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4, \"target_modules\": [\"q_proj\"]}");
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    kind.put(file);
    for (Reader reader : READERS.get(name)) {
      assertThatThrownBy(() -> reader.read(directory))
          .hasMessageContaining(kind.refusal())
          .message()
          .contains(directory.toString())
          .hasLineCount(1);
    }
  }
}
