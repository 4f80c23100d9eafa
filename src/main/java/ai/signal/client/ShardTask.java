package ai.signal.client;

import ai.signal.cluster.AdapterRef;
import ai.signal.cluster.LaneOutbox;
import ai.signal.cluster.LaneRefusal;
import ai.signal.cluster.Lanes;
import ai.signal.lora.LoraConfig;
import ai.signal.lora.MergeException;
import ai.signal.lora.MergedModel;
import ai.signal.model.DType;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelIdentity;
import ai.signal.model.ModelSource;
import ai.signal.storage.OwnedFiles;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes one file of a merged model's weights, from the executor's own copy of the base model, and
 * returns its size.
 *
 * @param base as a job spec names it
 * @param identity of the driver's copy
 * @param dtype of the weights, or null: {@link Optional} cannot be sent
 * @param target where the merged model is written
 */
record ShardTask(
    String base,
    String identity,
    LoraConfig lora,
    AdapterRef adapter,
    DType dtype,
    long maxShardBytes,
    Target target,
    Broadcast<SerializableConfiguration> conf)
    implements Lanes.Work<Integer, Long> {

  /**
   * A directory that the driver publishes.
   *
   * @param root that has the driver's records
   * @param attempt id of the driver's writer
   * @param prefix of names in it
   */
  record Target(String root, String attempt, String prefix) implements Serializable {}

  @Override
  public Long call(int lane, Integer shard, LaneOutbox none) {
    ModelDirectory model = ModelDirectory.open(ModelSource.resolve(base));
    if (!ModelIdentity.of(model.path()).equals(identity)) {
      throw new LaneRefusal(
          "the base model at %s is not the driver's; it has to be the same on every host"
              .formatted(model.path()));
    }
    MergedModel merged = MergedModel.of(model, lora, Optional.ofNullable(dtype), maxShardBytes);
    try (OwnedFiles files =
        OwnedFiles.join(target.root, target.attempt, SaveTarget.WRITER, conf.value().value())) {
      return files.write(
          target.prefix + merged.name(shard),
          out -> merged.write(shard, adapter::copy, new Killable(out)));
    } catch (MergeException e) {
      throw new LaneRefusal(e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write %s: %s".formatted(merged.name(shard), e), e);
    }
  }

  /** Writing ends when the task is killed. */
  private static final class Killable extends FilterOutputStream {
    private final TaskContext task = TaskContext.get();

    Killable(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      task.killTaskIfInterrupted();
      out.write(bytes, from, count);
    }
  }
}
