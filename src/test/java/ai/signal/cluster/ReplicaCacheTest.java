package ai.signal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.model.AdapterShape;
import ai.signal.model.DType;
import ai.signal.model.Decoder;
import ai.signal.model.ModelSource;
import ai.signal.model.NativeAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real replicas of three copies of builtin:tiny; the free memory is what the test says. */
class ReplicaCacheTest {
  @TempDir Path temporary;
  private final List<String> loads = new ArrayList<>();
  private long free = Long.MAX_VALUE;
  private final ReplicaCache cache =
      new ReplicaCache(
          (spec, model) -> {
            loads.add(model.path().getFileName().toString());
            return new Replica(spec, model);
          },
          () -> free);

  @AfterEach
  void close() {
    cache.evictAll();
  }

  private PlacedModel copy(String name) throws IOException {
    Path copy = temporary.resolve(name);
    if (!Files.isDirectory(copy)) {
      Files.createDirectory(copy);
      try (Stream<Path> files = Files.list(ModelSource.resolve("builtin:tiny"))) {
        for (Path file : (Iterable<Path>) files::iterator) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
    }
    return PlacedModel.of(new ReplicaSpec(copy.toString(), DType.FLOAT32, 0), List.of());
  }

  @Test
  void loadedOnceWhileThereIsMemory() throws IOException {
    try (ReplicaCache.Use first = cache.use(copy("a"));
        ReplicaCache.Use second = cache.use(copy("a"))) {
      assertThat(second.replica()).isSameAs(first.replica());
    }
    cache.use(copy("b")).close();
    cache.use(copy("a")).close();
    assertThat(loads).containsExactly("a", "b");
  }

  @Test
  void theIdleOneThatWasUsedLongestAgoMakesRoom() throws IOException {
    long[] asked = {0};
    ReplicaCache tight =
        new ReplicaCache(
            (spec, model) -> {
              loads.add(model.path().getFileName().toString());
              return new Replica(spec, model);
            },
            () -> asked[0]++ == 2 ? 0 : Long.MAX_VALUE); // when the third is loaded
    tight.use(copy("a")).close();
    tight.use(copy("b")).close();
    tight.use(copy("a")).close();
    tight.use(copy("c")).close();
    tight.use(copy("a")).close();
    tight.use(copy("b")).close();
    assertThat(loads).containsExactly("a", "b", "c", "b");
    tight.evictAll();
  }

  @Test
  void whatComputesIsNotFreed() throws IOException {
    try (ReplicaCache.Use held = cache.use(copy("a"))) {
      free = 0;
      cache.use(copy("b")).close();
      cache.evictAll();
      Decoder decoder = held.replica().decoder();
      AdapterShape shape = AdapterShape.none(decoder.config());
      try (NativeAdapter none = decoder.adapter(new float[0], shape)) {
        assertThat(none).isNotNull(); // its native calls would fail on a closed replica
      }
    }
    cache.use(copy("a")).close();
    assertThat(loads).containsExactly("a", "b", "a");
  }
}
