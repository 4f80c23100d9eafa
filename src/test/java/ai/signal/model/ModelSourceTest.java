package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The resources of {@code builtin:unpack-test} are two small JSON files. */
class ModelSourceTest {
  private static final String NAME = "unpack-test";

  @TempDir Path temporary;

  @Test
  void directoriesAndFileUris() {
    assertThat(ModelSource.resolve(temporary.toString())).isEqualTo(temporary);
    assertThat(ModelSource.resolve(temporary.toUri().toString())).isEqualTo(temporary);
  }

  @Test
  void whatIsNotADirectory() {
    Path file = LlamaFiles.text(temporary.resolve("x.gguf"), "");

    assertThatThrownBy(() -> ModelSource.resolve(file.toString()))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage("Cannot load model: it is not a directory (" + file + ")");
    assertThatThrownBy(() -> ModelSource.resolve(temporary + "/none"))
        .hasMessageContaining("there is no such directory");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hf://org/name", "http://host/", "https://host/model"})
  void otherSchemesAreRefusedByName(String base) {
    assertThatThrownBy(() -> ModelSource.resolve(base))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("not '" + base.substring(0, base.indexOf(':') + 1) + "'")
        .hasMessageContaining(base);
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:relative", "file://host/x", "file:/a b"})
  void fileUrisThatAreNot(String base) {
    assertThatThrownBy(() -> ModelSource.resolve(base))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("the file: URI is not valid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "none", "../models/unpack-test", "unpack-test/", "Unpack-Test"})
  void noSuchBuiltin(String name) {
    assertThatThrownBy(() -> ModelSource.resolve("builtin:" + name))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(
            "Cannot load model: no such model ships with Signal; 'builtin:tiny' does (builtin:"
                + name
                + ")");
  }

  @Test
  void builtinIsUnpackedUnderTheTemporaryDirectory() throws IOException {
    Path model = ModelSource.resolve("builtin:" + NAME);

    assertThat(model).startsWith(Path.of(System.getProperty("java.io.tmpdir")));
    assertThat(model.resolve("config.json")).hasContent("{\"model_type\": \"llama\"}\n");
  }

  @Test
  void unpackedOnce() throws IOException {
    Path model = BuiltinModel.unpack(NAME, temporary);
    Object first = fileKey(model.resolve("config.json"));

    assertThat(BuiltinModel.unpack(NAME, temporary)).isEqualTo(model);
    assertThat(fileKey(model.resolve("config.json"))).isEqualTo(first);
    assertThat(list(model)).containsExactly("config.json", "tokenizer.json");
  }

  @Test
  void damageIsReplacedAndNotWrittenOver() throws IOException {
    Path model = BuiltinModel.unpack(NAME, temporary);
    Path config = model.resolve("config.json");
    Files.writeString(config, "{\"model_typ");
    Files.delete(model.resolve("tokenizer.json"));

    try (FileChannel mapped = FileChannel.open(config)) {
      BuiltinModel.unpack(NAME, temporary);
      assertThat(mapped.size()).isEqualTo(11); // whoever had the old file still has it whole
    }
    assertThat(config).hasContent("{\"model_type\": \"llama\"}\n");
    assertThat(list(model)).containsExactly("config.json", "tokenizer.json");
  }

  @Test
  void manyAtOnce() throws Exception {
    ExecutorService executors = Executors.newFixedThreadPool(8);
    try {
      Callable<Path> unpack = () -> BuiltinModel.unpack(NAME, temporary);
      for (Future<Path> model : executors.invokeAll(Collections.nCopies(32, unpack))) {
        assertThat(list(model.get())).contains("config.json", "tokenizer.json");
      }
    } finally {
      executors.shutdownNow();
    }
    assertThat(list(BuiltinModel.unpack(NAME, temporary)))
        .containsExactly("config.json", "tokenizer.json");
  }

  @Test
  void cacheThatOthersCanWriteToIsRefused() throws IOException {
    Path root = BuiltinModel.unpack(NAME, temporary).getParent();
    assertThat(Files.getPosixFilePermissions(root))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() -> BuiltinModel.unpack(NAME, temporary))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(root + " is not a directory that this user alone can use");
  }

  private static Object fileKey(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private static List<String> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
