package ai.signal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.storage.Content;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CheckpointWriterTest {
  private static final RunIdentity RUN = Fixtures.run("a");

  @TempDir private Path temporary;
  private CheckpointStore store;

  @BeforeEach
  void open() throws IOException {
    store = CheckpointStore.open(temporary.toUri().toString(), new Configuration());
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  private CheckpointWriter writer(SavePolicy policy) throws IOException {
    return CheckpointWriter.open(store, RUN, policy);
  }

  private static Snapshot snapshot(long step, Content content) {
    return new Snapshot(step, Fixtures.facts(step), Map.of("file.bin", content));
  }

  private static Content after(CountDownLatch latch) {
    return out -> {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
      out.write(1);
    };
  }

  @Test
  void theCallerGoesOnWhileASaveIsUnderWay() throws IOException {
    CountDownLatch goOn = new CountDownLatch(1);
    try (CheckpointWriter writer = writer(SavePolicy.DEFAULT)) {
      writer.save(snapshot(10, after(goOn)));
      assertThat(store.latest(Expected.any()).found()).isEmpty();

      goOn.countDown();
      writer.save(Fixtures.snapshot(20)); // when the first is done
      assertThat(store.verify(10)).isEmpty();
      assertThat(writer.await()).get().extracting(Manifest::step).isEqualTo(20L);
      assertThat(writer.await()).contains(store.open(20, Expected.any()).manifest());
      writer.save(Fixtures.snapshot(30));
    }
    assertThat(store.steps()).as("closing waits").containsExactly(30L, 20L, 10L);
    assertThat(store.verify(30)).isEmpty();
  }

  @Test
  void stepsGrow() throws IOException {
    try (CheckpointWriter writer = writer(SavePolicy.DEFAULT)) {
      writer.save(Fixtures.snapshot(10));
      assertThatThrownBy(() -> writer.save(Fixtures.snapshot(10)))
          .hasMessage("Cannot save checkpoint of step 10: step 10 is saved already");
      assertThatThrownBy(() -> new Snapshot(-1, Fixtures.facts(1), Map.of()))
          .hasMessage("A checkpoint cannot be of step -1");
      for (String name : List.of("../x", "/x", "a\\b", "", "a/./b")) {
        assertThatThrownBy(() -> new Snapshot(1, Fixtures.facts(1), Map.of(name, out -> {})))
            .hasMessageStartingWith("'%s' is no name of a file in a checkpoint", name);
      }
      assertThatThrownBy(
              () -> new Snapshot(1, Fixtures.facts(1), Map.of("a/b", out -> {}, "a", out -> {})))
          .hasMessage("'a' is a file, and a directory in 'a/b'");
    }
  }

  /** Saved again, it would not be there for a moment. */
  @Test
  void whatARunWasLoadedFromIsNotSavedAgain() throws IOException {
    Manifest saved = Attempts.open(store, RUN).save(Fixtures.snapshot(10));
    try (CheckpointWriter writer = CheckpointWriter.resume(store, RUN, SavePolicy.DEFAULT, saved)) {
      assertThat(writer.await()).contains(saved);
      assertThatThrownBy(() -> writer.save(Fixtures.snapshot(10)))
          .hasMessage("Cannot save checkpoint of step 10: step 10 is saved already");
      writer.save(Fixtures.snapshot(20));
    }
    assertThat(store.steps()).containsExactly(20L, 10L);
  }

  /** Hadoop says by an error, not by an exception, that a local disk is full. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskIsTriedAgain() throws IOException {
    AtomicInteger tries = new AtomicInteger();
    Content full =
        out -> {
          out.write(1);
          if (tries.incrementAndGet() == 1) {
            FileSystem local = FileSystem.getLocal(new Configuration()).getRaw();
            try (OutputStream device = local.append(new org.apache.hadoop.fs.Path("/dev/full"))) {
              device.write(1);
            }
          }
        };
    try (CheckpointWriter writer = writer(SavePolicy.DEFAULT)) {
      writer.save(snapshot(10, full));
      assertThat(writer.await()).get().extracting(Manifest::step).isEqualTo(10L);
    }
    assertThat(tries).hasValue(2);
  }

  @Test
  void aFailedSaveIsTriedAgain() throws IOException {
    AtomicInteger tries = new AtomicInteger();
    try (CheckpointWriter writer = writer(SavePolicy.DEFAULT)) {
      writer.save(
          snapshot(
              10,
              out -> {
                out.write(new byte[1000]);
                if (tries.incrementAndGet() < 3) {
                  throw new IOException("a bad moment");
                }
              }));
    }
    assertThat(tries).hasValue(3);
    assertThat(store.verify(10)).isEmpty();
    assertThat(store.attempts(10)).as("failed ones are swept").hasSize(1);
  }

  @Test
  void aSaveThatStaysFailedIsThrownByTheNextCall() throws IOException {
    CheckpointWriter writer = writer(SavePolicy.DEFAULT);
    writer.save(snapshot(10, CheckpointWriterTest::full));
    String line =
        "Cannot save checkpoint of step 10 in %s: 3 tries failed, the last: No space left on device"
            .formatted(store.location());
    assertThatThrownBy(() -> writer.save(Fixtures.snapshot(20)))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(line);
    assertThatThrownBy(() -> writer.save(Fixtures.snapshot(30))).hasMessage(line);
    assertThatCode(writer::close).as("it was told").doesNotThrowAnyException();

    CheckpointWriter other = writer(SavePolicy.DEFAULT);
    other.save(snapshot(10, CheckpointWriterTest::full));
    assertThatThrownBy(other::close).hasMessage(line);
    assertThat(store.latest(Expected.any()).found()).isEmpty();
  }

  private static void full(java.io.OutputStream out) throws IOException {
    out.write(new byte[1000]);
    throw new IOException("write failed\n", new IOException("No space left on device\n"));
  }

  @Test
  void errorsAreLoudToo() throws IOException {
    CheckpointWriter writer = writer(SavePolicy.DEFAULT);
    writer.save(
        snapshot(
            10,
            out -> {
              throw new OutOfMemoryError("heap");
            }));
    assertThatThrownBy(writer::close).hasMessageContaining("step 10").hasMessageContaining("heap");
  }

  @Test
  void aSaveThatTakesTooLongFails() throws IOException {
    SavePolicy impatient = new SavePolicy(3, Duration.ofMillis(50), Optional.empty());
    CheckpointWriter writer = writer(impatient);
    writer.save(snapshot(10, after(new CountDownLatch(1))));
    assertThatThrownBy(writer::await)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("Cannot save checkpoint of step 10")
        .hasMessageEndingWith("not done after 50 ms");
    writer.close();
  }

  @Test
  void aWriterWhoseOutputWasTakenOverFails() throws IOException {
    CheckpointWriter writer = writer(SavePolicy.DEFAULT);
    writer.save(Fixtures.snapshot(10));
    writer.await();
    try (CheckpointWriter other = writer(SavePolicy.DEFAULT)) {
      writer.save(Fixtures.snapshot(20));
      assertThatThrownBy(writer::close)
          .isInstanceOf(ForeignWriterException.class)
          .hasMessageContaining("two drivers write to it, stop one");
      other.save(Fixtures.snapshot(20));
    }
    assertThat(store.verify(20)).isEmpty();
  }

  @Test
  void aSweepSparesTheAttemptUnderWay() throws IOException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (CheckpointWriter writer = writer(SavePolicy.DEFAULT)) {
      writer.save(
          snapshot(
              10,
              out -> {
                begun.countDown();
                after(goOn).writeTo(out);
              }));
      awaitQuietly(begun);
      assertThat(store.sweep().spared()).hasSize(1);
      goOn.countDown();
      assertThat(writer.await()).get().extracting(Manifest::step).isEqualTo(10L);
    }
    assertThat(store.verify(10)).isEmpty();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void oldCheckpointsAreDeletedManifestFirst() throws IOException {
    List<String> deleted = new ArrayList<>();
    FileSystem recording =
        new FilterFileSystem(FileSystem.newInstance(temporary.toUri(), new Configuration())) {
          @Override
          public boolean delete(org.apache.hadoop.fs.Path path, boolean all) throws IOException {
            deleted.add(path.getName());
            return super.delete(path, all);
          }
        };
    Retention retention =
        new Retention(2, List.of(new Retention.Best("evaluation.loss", Retention.Goal.MAX)), 40);
    Manifest second = null;
    try (CheckpointStore own =
            new CheckpointStore(recording, new org.apache.hadoop.fs.Path(temporary.toUri()));
        CheckpointWriter writer =
            CheckpointWriter.open(own, RUN, SavePolicy.DEFAULT.keeping(retention))) {
      for (long step = 10; step <= 70; step += 10) {
        writer.save(Fixtures.snapshot(step));
        Manifest manifest = writer.await().orElseThrow();
        second = step == 20 ? manifest : second;
      }
    }
    // the loss is greatest at 10, 40 is a multiple, and the last two
    assertThat(store.steps()).containsExactly(70L, 60L, 40L, 10L);
    assertThat(deleted)
        .containsSubsequence(
            "manifest.json", "moments.bin", second.attempt(), "step-00000020", "manifest.json");
    assertThat(deleted.indexOf("moments.bin")).isGreaterThan(deleted.indexOf("manifest.json"));
  }

  /** A run that went back to step 20 must not lose what it saves to what it has left behind. */
  @Test
  void laterStepsOfAnAbandonedPastDoNotCount() throws IOException {
    SavePolicy one = SavePolicy.DEFAULT.keeping(Retention.last(1));
    Manifest abandoned;
    try (CheckpointWriter writer = writer(one)) {
      writer.save(Fixtures.snapshot(20));
      writer.save(Fixtures.snapshot(90));
      abandoned = writer.await().orElseThrow();
    }
    try (CheckpointWriter writer = writer(one)) {
      writer.save(Fixtures.snapshot(30));
      writer.save(Fixtures.snapshot(40));
    }
    assertThat(store.steps()).containsExactly(90L, 40L);
    assertThat(store.open(90, Expected.any()).manifest()).isEqualTo(abandoned);
  }

  @Test
  void checkpointsOfOtherRunsAreNotDeleted() throws IOException {
    Attempts.open(store, Fixtures.run("b")).save(Fixtures.snapshot(10));
    try (CheckpointWriter writer = writer(SavePolicy.DEFAULT.keeping(Retention.last(1)))) {
      writer.save(Fixtures.snapshot(20));
    }
    assertThat(store.steps()).containsExactly(20L, 10L);
  }
}
