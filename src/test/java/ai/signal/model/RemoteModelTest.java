package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models on another file system than the host's own; {@code store:/path} stands for one. */
class RemoteModelTest {
  @TempDir Path temporary;
  private Path source;
  private Path cache;
  private final Configuration conf = new Configuration();

  /** The local disk under another name. */
  public static final class Store extends RawLocalFileSystem {
    @Override
    public java.net.URI getUri() {
      return java.net.URI.create("store:///");
    }
  }

  @BeforeEach
  void model() throws IOException {
    source = Files.createDirectories(temporary.resolve("bucket/model"));
    cache = temporary.resolve("cache");
    Files.writeString(source.resolve("config.json"), "{}");
    Files.writeString(source.resolve("model-00001-of-00001.safetensors"), "weights");
    Files.writeString(source.resolve("README.md"), "not for loading");
    Files.createDirectories(source.resolve("onnx"));
    conf.set("fs.store.impl", Store.class.getName());
  }

  private Path copy() {
    return RemoteModel.copy("store:" + source, conf, cache);
  }

  @Test
  void copiedOnceWithWhatLoadingNeeds() throws IOException {
    Path copy = copy();
    assertThat(names(copy)).containsExactly("config.json", "model-00001-of-00001.safetensors");
    Object first = Files.readAttributes(copy.resolve("config.json"), "fileKey").get("fileKey");

    assertThat(copy()).isEqualTo(copy);
    assertThat(Files.readAttributes(copy.resolve("config.json"), "fileKey").get("fileKey"))
        .isEqualTo(first);
  }

  @Test
  void aModelThatChangedIsAnotherCopy() throws IOException {
    Path before = copy();
    Path weights = source.resolve("model-00001-of-00001.safetensors");
    Files.writeString(weights, "WEIGHTS");
    Files.setLastModifiedTime(weights, FileTime.fromMillis(1_000_000_000_000L));

    assertThat(copy()).isNotEqualTo(before);
    assertThat(before.resolve("model-00001-of-00001.safetensors")).hasContent("weights");
    assertThat(copy().resolve("model-00001-of-00001.safetensors")).hasContent("WEIGHTS");
  }

  @Test
  void manyAtOnceCopyOnce() throws Exception {
    ExecutorService executors = Executors.newFixedThreadPool(8);
    try {
      Callable<Path> task = this::copy;
      for (Future<Path> one : executors.invokeAll(Collections.nCopies(16, task))) {
        assertThat(one.get()).isEqualTo(copy());
      }
    } finally {
      executors.shutdownNow();
    }
    assertThat(names(copy().getParent())).noneMatch(name -> name.contains(".part"));
  }

  @Test
  void whatCannotBeCopiedSaysWhy() throws IOException {
    assertThatThrownBy(() -> RemoteModel.copy("store:" + temporary + "/none", conf, cache))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("there is no such directory (store:" + temporary + "/none)");
    Path empty = Files.createDirectories(temporary.resolve("empty"));
    assertThatThrownBy(() -> RemoteModel.copy("store:" + empty, conf, cache))
        .hasMessageContaining("there is no model in that directory");
    assertThatThrownBy(() -> RemoteModel.copy("gs://bucket/model", new Configuration(), cache))
        .hasMessageContaining("no file system has the scheme 'gs:'; add Google's library")
        .hasMessageContaining("gs://bucket/model");
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
