package ai.signal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.Irregular;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A checkpoint with something other than regular files is refused, and older ones are loaded. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IrregularStoreFilesTest {
  @TempDir Path directory;
  private CheckpointStore store;
  private Manifest newest;

  @BeforeEach
  void save() throws Exception {
    store = CheckpointStore.open(directory.toString(), new Configuration());
    try (CheckpointWriter writer =
        CheckpointWriter.open(store, Fixtures.run("a"), SavePolicy.DEFAULT)) {
      writer.save(Fixtures.snapshot(40));
      writer.save(Fixtures.snapshot(50));
      writer.await();
    }
    newest = store.open(50, Expected.any()).manifest();
  }

  @AfterEach
  void close() throws Exception {
    store.close();
  }

  @ParameterizedTest
  @EnumSource(Irregular.class)
  void manifests(Irregular kind) throws Exception {
    Path manifest = directory.resolve("checkpoints/step-00000050/manifest.json");
    kind.put(manifest);
    assertThatThrownBy(() -> store.open(50, Expected.any()))
        .isInstanceOf(RefusedCheckpointException.class)
        .hasMessage(
            "Cannot load checkpoint of step 50: manifest.json %s (file:%s)",
            kind.refusal(), manifest);
    requireOldestIsLoaded();
    assertThat(store.attempts()).isNotEmpty();
    assertThat(store.list()).isNotEmpty();
    try (CheckpointWriter writer =
        CheckpointWriter.open(store, Fixtures.run("a"), SavePolicy.DEFAULT)) {
      writer.save(Fixtures.snapshot(60));
      writer.await();
    }
    assertThat(store.latest(Expected.any()).found()).hasValueSatisfying(this::isStep60);
  }

  private void isStep60(Latest.Loaded<Checkpoint> loaded) {
    assertThat(loaded.manifest().step()).isEqualTo(60);
  }

  @ParameterizedTest
  @EnumSource(Irregular.class)
  void parts(Irregular kind) throws Exception {
    Path part =
        directory.resolve("checkpoints/step-00000050/" + newest.attempt() + "/" + Fixtures.MOMENTS);
    kind.put(part);
    assertThatThrownBy(() -> store.open(50, Expected.any()).verify())
        .isInstanceOf(RefusedCheckpointException.class)
        .hasMessageContaining(
            "Cannot load checkpoint of step 50: %s %s (file:", Fixtures.MOMENTS, kind.refusal());
    assertThat(store.verify(50)).containsExactly(Fixtures.MOMENTS + " " + kind.refusal());
    requireOldestIsLoaded();
  }

  @ParameterizedTest
  @EnumSource(Irregular.class)
  void owners(Irregular kind) throws Exception {
    Path owner = directory.resolve("owner.json");
    kind.put(owner);
    assertThatThrownBy(() -> store.owner())
        .hasMessage("Cannot read %s: it %s", owner, kind.refusal());
    assertThatThrownBy(
            () -> CheckpointWriter.open(store, Fixtures.run("a"), SavePolicy.DEFAULT).close())
        .hasMessageContaining(owner.toString())
        .message()
        .hasLineCount(1);
  }

  private void requireOldestIsLoaded() throws Exception {
    Latest<Checkpoint> latest = store.latest(Expected.any());
    assertThat(latest.found()).isPresent();
    assertThat(latest.found().get().manifest().step()).isEqualTo(40);
    assertThat(latest.leftOut()).hasSize(1);
  }
}
