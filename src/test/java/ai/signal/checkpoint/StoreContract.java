package ai.signal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.storage.Content;
import ai.signal.storage.Sha256;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds on every file system. */
abstract class StoreContract {
  private static final Expected ANY = Expected.any();

  CheckpointStore store;
  FileSystem fs;

  /** A directory that is not there yet. */
  abstract String output();

  abstract Configuration conf();

  @BeforeEach
  void open() throws IOException {
    String output = output();
    store = CheckpointStore.open(output, conf());
    fs = FileSystem.newInstance(new Path(output).toUri(), conf());
    fs.setWriteChecksum(false);
    fs.setVerifyChecksum(false);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
    fs.close();
  }

  @Test
  void whatIsSavedIsLoadedAgain() throws IOException {
    assertThat(store.list()).isEmpty();
    assertThat(store.latest(ANY)).isEqualTo(new Latest<>(Optional.empty(), List.of()));
    assertThat(store.sweep()).isEqualTo(new SweepReport(List.of(), List.of()));

    Manifest manifest = save(50);
    save(100);

    Latest<Boolean> latest = store.latest(Expected.of(Fixtures.run("a")), Fixtures::isWhole);
    assertThat(latest.leftOut()).isEmpty();
    assertThat(latest.found()).get().extracting(Latest.Loaded::value).isEqualTo(true);
    assertThat(latest.found().get().manifest().step()).isEqualTo(100);
    Checkpoint before = store.open(50, ANY);
    assertThat(before.manifest()).isEqualTo(manifest);
    assertThat(Fixtures.isWhole(before)).isTrue();
    assertThat(manifest.run()).isEqualTo(Fixtures.run("a"));
    assertThat(manifest.file(Fixtures.ADAPTER))
        .get()
        .extracting(StoredFile::size)
        .isEqualTo(240000L);
    assertThat(store.list()).extracting(StepEntry::step).containsExactly(100L, 50L);
    assertThat(store.list()).allMatch(entry -> entry instanceof StepEntry.Committed);
    assertThat(store.verify(50)).isEmpty();
    assertThat(names(store.layout().step(50)))
        .containsExactlyInAnyOrder(manifest.attempt(), "manifest.json");
  }

  @Test
  void aReaderMayStopEarlyAndStillProvesTheFile() throws IOException {
    Manifest manifest = save(50);
    int first = store.open(50, ANY).read(Fixtures.MOMENTS, InputStream::read);
    assertThat(first).isBetween(0, 255);
    change(file(manifest, Fixtures.MOMENTS), bytes -> flip(bytes, bytes.length - 1));
    assertThatThrownBy(() -> store.open(50, ANY).read(Fixtures.MOMENTS, InputStream::read))
        .isInstanceOf(RefusedCheckpointException.class)
        .hasMessageContaining("step 50: moments.bin is damaged: its SHA-256 is ");
    assertThatThrownBy(() -> store.open(50, ANY).read("none", InputStream::read))
        .hasMessageContaining(
            "there is no file 'none' in it, but [adapter/adapter.bin, moments.bin]");
  }

  @Test
  void damageIsRefusedWithItsReason() throws IOException {
    save(50);
    Manifest bad = save(100);
    Path moments = file(bad, Fixtures.MOMENTS);

    change(moments, bytes -> flip(bytes, 77_777));
    leavesOut(100, "moments.bin is damaged: its SHA-256 is ");
    change(moments, bytes -> flip(bytes, 77_777));
    assertThat(store.verify(100)).isEmpty();

    change(moments, bytes -> Arrays.copyOf(bytes, 1000));
    leavesOut(100, "moments.bin is truncated: 1000 bytes of 480000");

    change(moments, bytes -> Arrays.copyOf(bytes, 480_001));
    leavesOut(100, "moments.bin is longer than 480000 bytes");

    fs.delete(moments, false);
    leavesOut(100, "moments.bin is missing");
    assertThat(store.verify(100)).containsExactly("moments.bin is missing");
  }

  @Test
  void damagedManifestsAreRefusedWithTheirReason() throws IOException {
    save(50);
    Manifest good = save(100);
    Path manifest = store.layout().manifest(100);
    byte[] bytes = read(manifest);

    change(manifest, content -> text(content, "\"loss\"", "\"lass\""));
    leavesOut(100, "manifest.json is damaged: its own SHA-256 does not match");

    for (int length : new int[] {0, 1, bytes.length / 2, bytes.length - 2}) {
      write(manifest, Arrays.copyOf(bytes, length));
      leavesOut(100, length == 0 ? "manifest.json is not whole" : "manifest.json is not whole: ");
    }

    write(manifest, text(bytes, "\"format_version\" : 1", "\"format_version\" : 2"));
    leavesOut(100, "manifest.json is of format 2; this release reads formats up to 1");

    write(manifest, read(store.layout().manifest(50)));
    leavesOut(100, "manifest.json is of step 50");

    for (String name :
        List.of("../x", "/etc/x", "a\\\\b", "", ".", "a/../b", "a//b", "c:d", "a/")) {
      String named = "{\"name\":\"" + name + "\",\"size\":1,\"sha256\":\"" + "0".repeat(64) + "\"}";
      write(manifest, sealed(good, "files", "[" + named + "]"));
      leavesOut(
          100,
          "manifest.json is invalid: '%s' is no name of a file in a checkpoint"
              .formatted(name.replace("\\\\", "\\")));
    }
    write(manifest, sealed(good, "attempt", "\"../other\""));
    leavesOut(100, "manifest.json is invalid: '../other' is no attempt");

    write(manifest, bytes);
    assertThat(store.latest(ANY).leftOut()).isEmpty();
  }

  @Test
  void manifestsOfOthersAreRefusedAsAsked() throws IOException {
    save(50);
    RunIdentity own = Fixtures.run("a");
    assertThat(left(new Expected(Optional.of("b"), Optional.empty(), Optional.empty())))
        .isEqualTo("its run is 'a', not 'b'");
    assertThat(left(Expected.on("sha256:4567")))
        .isEqualTo("its base model is 'sha256:0123', not 'sha256:4567'");
    assertThat(left(new Expected(Optional.of("a"), Optional.empty(), Optional.of("digest-2"))))
        .isEqualTo("its spec digest is 'digest-1', not 'digest-2'");
    assertThat(store.open(50, Expected.on(own.baseModel())).manifest().step()).isEqualTo(50);
    assertThatThrownBy(() -> store.open(51, ANY)).hasMessageContaining("it has no manifest.json");
  }

  @Test
  void aLoaderMayRefuseToo() throws IOException {
    save(50);
    save(100);
    Latest<Long> latest =
        store.latest(
            ANY,
            checkpoint -> {
              if (checkpoint.manifest().step() == 100) {
                throw checkpoint.refusal("its facts have no 'epoch'");
              }
              return checkpoint.manifest().step();
            });
    assertThat(latest.found().get().value()).isEqualTo(50);
    assertThat(latest.leftOut())
        .containsExactly(new Latest.LeftOut(100, "its facts have no 'epoch'"));
  }

  @Test
  void anAttemptThatWasNotCommittedIsNeverTakenForTheNewOne() throws IOException {
    Attempts dies = Attempts.open(store, Fixtures.run("a"));
    fail(dies, 50);
    assertThat(store.latest(ANY).found()).isEmpty();
    assertThat(store.list()).hasSize(1).allMatch(entry -> entry instanceof StepEntry.Uncommitted);

    save(50);
    assertThat(store.attempts(50)).hasSize(2);
    assertThat(store.latest(ANY, Fixtures::isWhole).found().get().value()).isTrue();
  }

  @Test
  void twoWritersCannotBothCommit() throws IOException {
    Attempts first = Attempts.open(store, Fixtures.run("a"));
    first.save(Fixtures.snapshot(50));
    Attempts second = Attempts.open(store, Fixtures.run("a"));

    assertThatThrownBy(() -> first.save(Fixtures.snapshot(100)))
        .isInstanceOf(ForeignWriterException.class)
        .hasMessageContaining("belongs to writer " + second.writer())
        .hasMessageContaining("not to " + first.writer());
    assertThat(store.open(50, ANY).manifest().writer()).isEqualTo(first.writer());
    second.save(Fixtures.snapshot(100));
    assertThat(store.open(100, ANY).manifest().writer()).isEqualTo(second.writer());
  }

  /** The other driver commits between our last look at the owner and our commit. */
  @Test
  void aStepThatAnotherHasCommittedSinceIsNotReplaced() throws IOException {
    Attempts other = Attempts.open(store, Fixtures.run("a"));
    Manifest theirs = other.save(Fixtures.snapshot(50));
    byte[] committed = read(store.layout().manifest(50));
    store.delete(50);

    Attempts ours = Attempts.open(store, Fixtures.run("a"));
    write(store.layout().manifest(50), committed);
    assertThatThrownBy(() -> ours.save(Fixtures.snapshot(50)))
        .isInstanceOf(ForeignWriterException.class)
        .hasMessageContaining("writer " + theirs.writer() + " has committed it")
        .hasMessageContaining("while " + ours.writer());
    assertThat(read(store.layout().manifest(50))).isEqualTo(committed);
  }

  @Test
  void aRunContinuedFromAnOlderCheckpointDoesItsStepsAgain() throws IOException {
    save(50);
    Manifest damaged = save(100);
    change(file(damaged, Fixtures.MOMENTS), bytes -> flip(bytes, 0));
    assertThat(store.latest(ANY).found().get().manifest().step()).isEqualTo(50);

    Manifest again = save(100);
    assertThat(again.attempt()).isNotEqualTo(damaged.attempt());
    assertThat(store.latest(ANY).found().get().manifest()).isEqualTo(again);
  }

  @Test
  void aCommitWhoseAnswerWasLostIsFound() throws IOException {
    Attempts attempts = Attempts.open(store, Fixtures.run("a"));
    Manifest manifest = attempts.save(Fixtures.snapshot(50));
    assertThat(attempts.save(Fixtures.snapshot(50))).isEqualTo(manifest);
  }

  @Test
  void sweepsAndDeletes() throws IOException {
    Attempts dead = Attempts.open(store, Fixtures.run("a"));
    fail(dead, 50);
    Attempts live = Attempts.open(store, Fixtures.run("a"));
    live.save(Fixtures.snapshot(50));
    fail(live, 100);
    String mayRun = store.attempts(100).get(0);

    SweepReport report = store.sweep();
    assertThat(report.deleted()).containsExactly("step-00000050/" + dead.writer() + "-1");
    assertThat(report.spared()).containsExactly("step-00000100/" + mayRun);
    assertThat(store.attempts(100)).containsExactly(mayRun);
    assertThat(Fixtures.isWhole(store.open(50, ANY))).isTrue();

    store.delete(50);
    store.delete(75);
    assertThat(store.steps()).containsExactly(100L);
    Attempts.open(store, Fixtures.run("a"));
    assertThat(store.sweep().deleted()).containsExactly("step-00000100/" + mayRun);
    assertThat(store.list()).isEmpty();
    assertThat(store.latest(ANY).leftOut()).isEmpty();
  }

  /** A driver that was taken over and lives on must not sweep what its successor writes. */
  @Test
  void aWriterThatHasLostTheOutputSweepsNothing() throws IOException {
    Attempts before = Attempts.open(store, Fixtures.run("a"));
    Attempts after = Attempts.open(store, Fixtures.run("a"));
    fail(after, 50);
    assertThat(new Sweep(store, before.deletion()).run(before::live).spared()).hasSize(1);
    assertThat(new Sweep(store, after.deletion()).run(after::live).deleted()).hasSize(1);
  }

  /** A damaged manifest may be all that is left of a checkpoint: only a person deletes it. */
  @Test
  void whatADamagedManifestMayNameIsNotSwept() throws IOException {
    save(50);
    change(store.layout().manifest(50), bytes -> flip(bytes, bytes.length / 2));
    Attempts.open(store, Fixtures.run("a"));
    assertThat(store.sweep().deleted()).isEmpty();
    store.delete(50);
    assertThat(store.sweep().deleted()).hasSize(1);
    assertThat(store.steps()).isEmpty();
  }

  private Manifest save(long step) throws IOException {
    return Attempts.open(store, Fixtures.run("a")).save(Fixtures.snapshot(step));
  }

  /** Leaves an attempt behind. */
  private static void fail(Attempts attempts, long step) {
    Map<String, Content> files = new LinkedHashMap<>(Fixtures.snapshot(step).files());
    files.put(
        "last.bin",
        out -> {
          throw new IOException("the driver dies");
        });
    assertThatThrownBy(() -> attempts.save(new Snapshot(step, Fixtures.facts(step), files)))
        .hasMessage("the driver dies");
  }

  /** The newest is refused for that reason, and an older one is found. */
  private void leavesOut(long step, String reason) throws IOException {
    Latest<Boolean> latest = store.latest(ANY, Fixtures::isWhole);
    assertThat(latest.leftOut()).extracting(Latest.LeftOut::step).containsExactly(step);
    assertThat(latest.leftOut().get(0).reason()).startsWith(reason);
    assertThat(latest.found().get().manifest().step()).isEqualTo(50);
    assertThat(latest.found().get().value()).isTrue();
    assertThat(store.verify(step)).hasSize(1);
  }

  private String left(Expected expected) throws IOException {
    Latest<Checkpoint> latest = store.latest(expected);
    assertThat(latest.found()).isEmpty();
    return latest.leftOut().get(0).reason();
  }

  private Path file(Manifest manifest, String name) {
    return store.layout().file(manifest.step(), manifest.attempt(), name);
  }

  private List<String> names(Path directory) throws IOException {
    return Arrays.stream(fs.listStatus(directory))
        .map(status -> status.getPath().getName())
        .toList();
  }

  byte[] read(Path path) throws IOException {
    try (InputStream in = fs.open(path)) {
      return in.readAllBytes();
    }
  }

  void write(Path path, byte[] bytes) throws IOException {
    try (OutputStream out = fs.create(path, true)) {
      out.write(bytes);
    }
  }

  /** Puts something in place of a manifest. */
  static void replace(CheckpointStore store, long step, byte[] manifest) throws IOException {
    try (OutputStream out = store.fileSystem().create(store.layout().manifest(step), true)) {
      out.write(manifest);
    }
  }

  private void change(Path path, UnaryOperator<byte[]> change) throws IOException {
    write(path, change.apply(read(path)));
  }

  private static byte[] flip(byte[] bytes, int at) {
    bytes[at] ^= 0x10;
    return bytes;
  }

  private static byte[] text(byte[] bytes, String from, String to) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    assertThat(text).contains(from);
    return text.replace(from, to).getBytes(StandardCharsets.UTF_8);
  }

  /** A manifest that somebody made, with a SHA-256 that is right. */
  static byte[] sealed(Manifest manifest, String key, String json) {
    try {
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode root = (ObjectNode) mapper.readTree(ManifestJson.write(manifest));
      root.remove("sha256");
      root.set(key, mapper.readTree(json));
      String text = root.toString();
      String body = text.substring(0, text.length() - 1);
      String sha256 = Sha256.of(body.getBytes(StandardCharsets.UTF_8));
      return (body + ",\n  \"sha256\" : \"" + sha256 + "\"\n}\n").getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
