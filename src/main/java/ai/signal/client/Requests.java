package ai.signal.client;

import ai.signal.data.BadRecords;
import ai.signal.data.DataFormat;
import ai.signal.data.DataSpec;
import ai.signal.data.FileKind;
import ai.signal.data.LongExamples;
import ai.signal.generate.SamplingParams;
import ai.signal.spec.ByteSize;
import ai.signal.spec.Check;
import ai.signal.spec.DataKeys;
import ai.signal.spec.Deduplicate;
import ai.signal.spec.LossSpec;
import ai.signal.spec.OptimizerSpec;
import ai.signal.spec.SavedDtype;
import ai.signal.spec.ScheduleSpec;
import ai.signal.spec.SpecException;
import ai.signal.train.Normalization;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a notebook asks for, as JSON binds to it: a record's shortest constructor has what is
 * required, and the defaults of the rest.
 */
final class Requests {
  private static final LossSpec CROSS_ENTROPY = new LossSpec(LossSpec.Name.CROSS_ENTROPY);

  private Requests() {}

  /** Of an operation that has nothing to say. */
  record Nothing() {}

  /** Of forward and forward_backward. */
  record Gradient(List<JsonNode> batch, LossSpec loss) {
    Gradient(List<JsonNode> batch) {
      this(batch, CROSS_ENTROPY);
    }
  }

  /** Of optim_step. */
  record OptimStep(OptimizerSpec optimizer, Normalization normalization) {
    OptimStep() {
      this(new OptimizerSpec(), Normalization.MEAN);
    }
  }

  /** Of train_batch. */
  record TrainBatch(List<JsonNode> batch, LossSpec loss, OptimizerSpec optimizer) {
    TrainBatch(List<JsonNode> batch) {
      this(batch, CROSS_ENTROPY, new OptimizerSpec());
    }
  }

  /**
   * Of train.
   *
   * @param examples to train on; or {@code data}
   * @param data a data set to train on
   */
  record Train(
      List<JsonNode> examples,
      Optional<Data> data,
      LossSpec loss,
      OptimizerSpec optimizer,
      ScheduleSpec schedule,
      int batchSize,
      long epochs,
      Optional<Long> steps,
      boolean shuffle,
      Optional<Long> seed) {
    Train {
      Check.atLeast("batch_size", batchSize, 1);
      Check.atLeast("epochs", epochs, 1);
      steps.ifPresent(count -> Check.atLeast("steps", count, 1));
      data.ifPresent(set -> loss.name().records(set.format()));
    }

    Train() {
      this(
          List.of(),
          Optional.empty(),
          CROSS_ENTROPY,
          new OptimizerSpec(),
          new ScheduleSpec(),
          16,
          1,
          Optional.empty(),
          true,
          Optional.empty());
    }

    TrainingOptions options() {
      TrainingOptions options =
          TrainingOptions.of(loss.loss(), optimizer.optimizer(optimizer.learningRate()))
              .withSchedule(schedule::schedule)
              .withBatchSize(batchSize)
              .withEpochs(epochs)
              .withShuffle(shuffle);
      options = steps.isPresent() ? options.withSteps(steps.get()) : options;
      return seed.isPresent() ? options.withSeed(seed.get()) : options;
    }
  }

  /**
   * A data set, with the keys of a job's and {@code output}.
   *
   * @param path of files, one or several; or {@code table}
   * @param table or view of the session
   * @param output where lane files are written
   */
  record Data(
      Optional<List<String>> path,
      Optional<String> table,
      String output,
      FileKind source,
      DataFormat format,
      Map<String, String> fields,
      Optional<String> key,
      Optional<String> filter,
      JsonNode deduplicate,
      Optional<Integer> maxLength,
      LongExamples onLong,
      BadRecords onBadRecord)
      implements DataKeys {
    Data {
      if (path.isPresent() == table.isPresent()) {
        throw new SpecException.Value("path", "or table, one of them, says where the data is");
      }
      DataKeys.check(path, table, source, fields, deduplicate, maxLength);
      Check.location("output", output);
    }

    Data(Optional<List<String>> path, Optional<String> table, String output) {
      this(
          path,
          table,
          output,
          FileKind.AUTO,
          DataFormat.AUTO,
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Deduplicate.NOTHING,
          Optional.empty(),
          LongExamples.TRUNCATE,
          BadRecords.FAIL);
    }

    @Override
    public LongExamples longExamples() {
      return onLong;
    }

    /**
     * What is to be read, for a model with so many positions.
     *
     * @param loss says which records it learns, and what they have to bring
     */
    DataSpec spec(LossSpec loss, int positions) {
      fits("data", positions);
      return spec(
          path.orElse(List.of()),
          loss.name().records(format),
          lengthFor(positions).orElseThrow(),
          loss.loss().inputs());
    }
  }

  /** Of sample, beside its {@link SamplingParams}. */
  record Prompts(List<String> prompts) {}

  /** Of load_state and load_weights. */
  record Load(String path) {
    Load {
      Check.location("path", path);
    }
  }

  /**
   * Of save_state.
   *
   * @param dtype of mode merged: what its weights are written in
   * @param maxShardSize of mode merged: of the weights in one file
   */
  record Save(
      String path, SaveMode mode, Optional<SavedDtype> dtype, Optional<ByteSize> maxShardSize) {
    Save {
      Check.location("path", path);
      MergeOptions.only(mode == SaveMode.MERGED, dtype, maxShardSize);
    }

    Save(String path) {
      this(path, SaveMode.ADAPTER, Optional.empty(), Optional.empty());
    }

    SignalFuture<SavedState> submit(AsyncTrainingClient run) {
      return mode == SaveMode.MERGED
          ? run.saveMerged(path, MergeOptions.of(dtype, maxShardSize))
          : run.saveState(mode, path);
    }
  }
}
