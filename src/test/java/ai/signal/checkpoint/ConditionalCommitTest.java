package ai.signal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a store can create a file on the condition that it is not there. */
class ConditionalCommitTest {
  private static final int WRITERS = 8;

  @TempDir private Path temporary;
  private ConditionalFileSystem fs;
  private CheckpointStore store;

  @BeforeEach
  void open() throws IOException {
    fs = new ConditionalFileSystem();
    store = new CheckpointStore(fs, new org.apache.hadoop.fs.Path(temporary.toUri()));
  }

  @Test
  void ofManyWritersOneCommits() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try {
      for (long round = 0; round < 30; round++) {
        String manifest = store.layout().name(store.layout().manifest(round));
        CyclicBarrier start = new CyclicBarrier(WRITERS);
        Callable<Boolean> writer =
            () -> {
              start.await();
              try {
                store.writer("test").commit(manifest, manifest + ".part", new byte[100]);
                return true;
              } catch (IOException e) {
                return false;
              }
            };
        int winners = 0;
        for (Future<Boolean> won : threads.invokeAll(Collections.nCopies(WRITERS, writer))) {
          winners += won.get() ? 1 : 0;
        }
        assertThat(winners).isEqualTo(1);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** The other's commit lands after our last look: neither owner.json nor listing tells. */
  @Test
  void theSlowerWriterFailsAndNamesBoth() throws IOException {
    Attempts theirs = Attempts.open(store, Fixtures.run("a"));
    Manifest first = theirs.save(Fixtures.snapshot(10));
    byte[] committed = store.manifestBytes(10).orElseThrow();
    store.delete(10);
    Attempts ours = Attempts.open(store, Fixtures.run("a"));
    fs.before =
        () -> {
          fs.before = () -> {};
          try {
            String manifest = store.layout().name(store.layout().manifest(10));
            store.writer("test").commit(manifest, manifest + ".part", committed);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    assertThatThrownBy(() -> ours.save(Fixtures.snapshot(10)))
        .isInstanceOf(ForeignWriterException.class)
        .hasMessageContaining("writer " + first.writer() + " has committed it")
        .hasMessageContaining("while " + ours.writer());
    assertThat(store.manifestBytes(10)).hasValue(committed);
  }

  @Test
  void aCommitWhoseAnswerIsLostIsACommit() throws IOException {
    Attempts attempts = Attempts.open(store, Fixtures.run("a"));
    fs.losesAnswers = true;
    Manifest manifest = attempts.save(Fixtures.snapshot(10));
    assertThat(store.open(10, Expected.any()).manifest()).isEqualTo(manifest);
    assertThat(store.verify(10)).isEmpty();
  }
}
