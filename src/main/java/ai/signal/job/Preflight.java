package ai.signal.job;

import ai.signal.client.MergeOptions;
import ai.signal.cluster.ClusterException;
import ai.signal.cluster.ComputeDevice;
import ai.signal.cluster.GpuOffer;
import ai.signal.cluster.GpuPlan;
import ai.signal.cluster.GpuRequest;
import ai.signal.cluster.MemoryEstimate;
import ai.signal.data.ColumnCheck;
import ai.signal.data.DataException;
import ai.signal.data.FileKind;
import ai.signal.data.FileMagic;
import ai.signal.data.InputFile;
import ai.signal.lora.MergedModel;
import ai.signal.model.HadoopConf;
import ai.signal.model.ModelConfig;
import ai.signal.model.ModelDirectory;
import ai.signal.spec.LossSpec;
import ai.signal.spec.Names;
import ai.signal.spec.OptimizerSpec;
import ai.signal.spec.SpecException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/**
 * What can be known to fail before Spark starts: keys that do not fit each other, missing inputs.
 */
final class Preflight {
  private Preflight() {}

  /**
   * Checks a resolved spec against itself, its model and this machine's files.
   *
   * @param offer of Spark
   * @throws SpecException.Value for the first key that cannot work
   */
  static void check(JobSpec spec, JobModel known, GpuOffer offer) {
    stages(spec);
    gpus(spec, known, offer);
    Inputs inputs = new Inputs(spec.output(), HadoopConf.current());
    ModelConfig model = known.config();
    for (JobInput input : JobInput.of(spec)) {
      inputs.data(input.key(), input.data());
      input.data().fits(input.key(), model.maxPositions());
    }
    for (int i = 0; i < spec.stages().size(); i++) {
      StageSpec stage = spec.stages().get(i);
      String key = "stages." + i + "." + StageSpec.name(stage.getClass());
      if (stage instanceof TrainStage train) {
        scored(key + ".loss.name", train.loss(), known);
      } else if (stage instanceof ReinforceStage reinforce) {
        reinforce.reward().reward(key + ".reward");
      } else if (stage instanceof SampleStage sample) {
        sample.reward().ifPresent(reward -> reward.reward(key + ".reward"));
      } else if (stage instanceof SaveStage save && save.mode() == SaveStage.Mode.MERGED) {
        mergeable(key + ".mode", save, known);
      }
    }
  }

  /**
   * Checks the locations that a job names by themselves, without contacting a store.
   *
   * @throws SpecException.Value for one that cannot exist
   */
  static void locations(JobSpec spec) {
    Configuration conf = HadoopConf.current();
    LocationRules.check("output", spec.output(), conf);
    InputsOutside.paths(spec).forEach((key, path) -> LocationRules.check(key, path, conf));
  }

  /** Whether a number of GPUs of a known kind is enough. */
  private static void gpus(JobSpec spec, JobModel known, GpuOffer offer) {
    GpuRequest request = spec.cluster().gpus();
    if (spec.cluster().device() == ComputeDevice.CPU || request.count() == 0) {
      return;
    }
    MemoryEstimate memory =
        known.memory(spec, TrainStage.firstOf(spec).work(1, spec.cluster().lanes()));
    try {
      GpuPlan.of(
          request,
          offer.perExecutor(),
          request.memory(),
          known.config().layers(),
          count -> memory.gpu(known.config(), count));
    } catch (ClusterException e) {
      throw new SpecException.Value("cluster.gpus", "is refused: " + e.getMessage());
    }
  }

  /** Stages of one job share a run, and each kind of output has one place. */
  private static void stages(JobSpec spec) {
    Set<SaveStage.Mode> saved = new HashSet<>();
    TrainStage first = null;
    OptimizerSpec.Name optimizer = null;
    for (int i = 0; i < spec.stages().size(); i++) {
      String key = "stages." + i;
      OptimizerSpec.Name own = optimizer(spec.stages().get(i));
      if (own != null) {
        optimizer = optimizer == null ? own : optimizer;
        same(
            key + "." + StageSpec.name(spec.stages().get(i).getClass()) + ".optimizer.name",
            own,
            optimizer);
      }
      if (spec.stages().get(i) instanceof ReinforceStage reinforce) {
        same(
            key + ".reinforce.tokens_per_microbatch",
            reinforce.tokensPerMicrobatch(),
            TrainStage.firstOf(spec).tokensPerMicrobatch());
      }
      if (spec.stages().get(i) instanceof SaveStage save
          && save.mode() == SaveStage.Mode.STATE
          && i < lastThatLearns(spec)) {
        throw new SpecException.Value(
            key + ".save.mode", "state", "after the last stage that learns: train, reinforce");
      }
      if (spec.stages().get(i) instanceof SaveStage save && !saved.add(save.mode())) {
        throw new SpecException.Value(
            key + ".save.mode", Names.of(save.mode()), "each mode in one save stage");
      }
      if (spec.stages().get(i) instanceof TrainStage train) {
        if (train.batchSize() < spec.cluster().lanes()) {
          throw new SpecException.Value(
              key + ".train.batch_size",
              train.batchSize(),
              "at least cluster.lanes = " + spec.cluster().lanes());
        }
        first = first == null ? train : first;
        same(
            key + ".train.tokens_per_microbatch",
            train.tokensPerMicrobatch(),
            first.tokensPerMicrobatch());
        same(
            key + ".train.activation_checkpointing",
            train.activationCheckpointing(),
            first.activationCheckpointing());
      }
    }
  }

  /** Its index; the number of all stages where none learns. */
  private static int lastThatLearns(JobSpec spec) {
    int last = spec.stages().size();
    for (int i = 0; i < spec.stages().size(); i++) {
      last = spec.stages().get(i).saves().isPresent() ? i : last;
    }
    return last;
  }

  /** The state of an optimizer belongs to its kind, and a job has one run; null: none. */
  private static OptimizerSpec.Name optimizer(StageSpec stage) {
    if (stage instanceof TrainStage train) {
      return train.optimizer().name();
    }
    return stage instanceof ReinforceStage reinforce ? reinforce.optimizer().name() : null;
  }

  private static void same(String key, Object value, Object first) {
    if (!value.equals(first)) {
      throw new SpecException.Value(
          key, shown(value), "that of the first stage that learns: " + shown(first));
    }
  }

  /** Rewards come from a score head. */
  private static void scored(String key, LossSpec loss, JobModel known) {
    if (loss.name() == LossSpec.Name.REWARD && !known.layout().shape().score()) {
      throw new SpecException.Value(
          key, "= 'reward' is refused: it trains a score head (lora.modules_to_save: [score])");
    }
  }

  /** A merged model has one head. */
  private static void mergeable(String key, SaveStage save, JobModel known) {
    MergeOptions options = save.options();
    try {
      MergedModel.of(
          ModelDirectory.open(known.directory()),
          known.layout().lora(),
          options.dtype(),
          options.maxShardSize().bytes());
    } catch (IllegalArgumentException e) {
      throw new SpecException.Value(key, "= 'merged' is refused: " + e.getMessage());
    }
  }

  private static Object shown(Object value) {
    return value instanceof Enum<?> constant ? Names.of(constant) : value;
  }

  /**
   * Input files on this machine; of others, and of tables, only Spark knows.
   *
   * @param output of the job, in which no input may be
   */
  private record Inputs(String output, Configuration conf) {
    /** Whether the files exist and are of one kind. */
    void data(String key, StageData data) {
      if (data.path().isEmpty()) {
        return;
      }
      List<InputFile> files = files(key + ".path", data.path().get());
      if (!files.isEmpty()) {
        FileKind kind;
        try {
          kind = data.source().of(files);
        } catch (DataException e) {
          throw new SpecException.Value(key + ".source", "= auto is refused: " + e.getMessage());
        }
        try {
          content(key, data, kind, files);
        } catch (IOException e) { // read again, and told, where the data is prepared
          return;
        }
      }
    }

    private void content(String key, StageData data, FileKind kind, List<InputFile> files)
        throws IOException {
      for (InputFile file : files) {
        Optional<String> problem = FileMagic.problem(kind, file, conf);
        if (problem.isPresent()) {
          throw new SpecException.Value(
              key + ".source",
              "= %s is refused: %s".formatted(Names.of(data.source()), problem.get()));
        }
      }
      if (kind == FileKind.JSONL) {
        Optional<ColumnCheck.Problem> problem = ColumnCheck.inLines(data.selection(), files, conf);
        if (problem.isPresent()) {
          throw new SpecException.Value(
              key + "." + problem.get().key(),
              "= '%s' is refused: %s".formatted(problem.get().value(), problem.get().reason()));
        }
      }
    }

    List<InputFile> files(String key, String path) {
      LocationRules.check(key, path, conf);
      if (!Locations.isLocal(path)) {
        return List.of();
      }
      List<InputFile> files;
      try {
        files = InputFile.list(List.of(Locations.uri(path)), conf);
      } catch (DataException e) {
        throw new SpecException.Value(
            key, "= '%s' is refused: %s".formatted(Locations.shown(path), e.getMessage()));
      }
      InputsOutside.check(key, path, files, output);
      return files;
    }
  }
}
