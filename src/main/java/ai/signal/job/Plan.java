package ai.signal.job;

import ai.signal.cluster.ComputeDevice;
import ai.signal.cluster.MemoryEstimate;
import ai.signal.cluster.MemoryEstimate.Work;
import ai.signal.model.ModelConfig;
import ai.signal.spec.LossSpec;
import ai.signal.spec.Names;
import ai.signal.train.Reference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** What a job would do, without Spark: the output of {@code --dry-run}. */
final class Plan {
  private final JobSpec spec;
  private final JobModel model;
  private final List<String> lines = new ArrayList<>();

  private Plan(JobSpec spec, JobModel model) {
    this.spec = spec;
    this.model = model;
  }

  /**
   * The lines of the plan.
   *
   * @throws IOException when the data or the output cannot be read
   */
  static List<String> of(JobSpec spec, JobModel model) throws IOException {
    Plan plan = new Plan(spec, model);
    plan.add("Plan of %s", spec.name());
    plan.add("");
    plan.head();
    plan.add("");
    for (int i = 0; i < spec.stages().size(); i++) {
      plan.stage(i + 1, spec.stages().get(i));
    }
    plan.memory();
    return plan.lines;
  }

  private void head() throws IOException {
    ModelConfig config = model.config();
    add(
        "  model      %s · %,d parameters · %d layers · hidden %,d · %s",
        Locations.shown(spec.model().base()),
        config.parameters(),
        config.layers(),
        config.hiddenSize(),
        Names.of(spec.model().dtype()));
    model.note().ifPresent(note -> add("  note       %s", note));
    int rank = model.layout().lora().rank();
    add(
        "  adapter    rank %d · %,d trainable parameters (%.2f %%)",
        rank, model.layout().size(), 100.0 * model.layout().size() / config.parameters());
    add(
        "  lanes      %d of %d thread%s",
        spec.cluster().lanes(), spec.cluster().threads(), spec.cluster().threads() == 1 ? "" : "s");
    add("  output     %s%s", Locations.shown(spec.output()), outputState());
  }

  private String outputState() throws IOException {
    if (!Locations.isLocal(spec.output())) {
      return "";
    }
    try (OutputDirectory output = OutputDirectory.open(spec.output(), new Configuration())) {
      OutputState state = OutputState.of(output, spec);
      return switch (state.kind()) {
        case EMPTY -> "";
        case FINISHED -> " (holds this job, finished: nothing to do without --overwrite)";
        case UNFINISHED -> " (holds this job, unfinished: resumed from its newest checkpoint)";
        case OTHER_JOB -> " (holds another job: needs --overwrite)";
        case OTHER_VERSION -> " (was written by %s: refused)".formatted(state.detail());
      };
    }
  }

  private void stage(int number, StageSpec stage) throws IOException {
    if (stage instanceof TrainStage train) {
      train(number, train);
      reference(number, train.loss());
    } else if (stage instanceof ReinforceStage reinforce) {
      add(
          "  %d reinforce %s · up to %,d steps of %d x %d answers of up to %d tokens · %s",
          number,
          reinforce.prompts().shown(),
          reinforce.steps(),
          reinforce.batchSize(),
          reinforce.groupSize(),
          reinforce.maxTokens(),
          Names.of(reinforce.loss().name()));
      reference(number, reinforce.loss());
    } else if (stage instanceof EvaluateStage evaluate) {
      String count =
          DataEstimate.of(evaluate.data().spec(), model)
              .map(data -> format(" · %,d examples", data.examples()))
              .orElse("");
      add(
          "  %d evaluate %s%s · up to %d new tokens",
          number, evaluate.data().shown(), count, evaluate.maxTokens());
    } else if (stage instanceof SampleStage sample) {
      add(
          "  %d sample   %s · up to %d new tokens · temperature %s",
          number, sample.prompts().shown(), sample.maxTokens(), sample.temperature());
    } else if (stage instanceof SaveStage save) {
      add("  %d save     %s", number, Names.of(save.mode()));
    }
  }

  private void train(int number, TrainStage stage) throws IOException {
    String path = stage.data().shown();
    Optional<DataEstimate> estimate = DataEstimate.of(stage.dataSpec(), model);
    if (estimate.isEmpty()) {
      String length =
          stage.steps().map(steps -> format("%,d steps", steps)).orElse(stage.epochs() + " epochs");
      add("  %d train    %s · %s of %d examples", number, path, length, stage.batchSize());
      return;
    }
    DataEstimate data = estimate.get();
    long perEpoch = (data.examples() + stage.batchSize() - 1) / stage.batchSize();
    long steps = stage.steps().map(Integer::longValue).orElse(stage.epochs() * perEpoch);
    add("  %d train    %s · %,d examples", number, path, data.examples());
    add(
        "             %,d steps (%.2f epochs) of %d examples, about %,.0f tokens each",
        steps,
        (double) steps / Math.max(1, perEpoch),
        stage.batchSize(),
        data.tokensPerExample() * Math.min(stage.batchSize(), data.examples()));
  }

  /** What a loss compares with, where it does. */
  private void reference(int number, LossSpec loss) {
    if (!loss.loss().needsBase()) {
      return;
    }
    boolean trained =
        spec.lora().init().isPresent()
            || spec.stages().subList(0, number - 1).stream().anyMatch(s -> s.saves().isPresent());
    add(
        "             reference: %s",
        loss.loss().reference() == Reference.BASE || !trained
            ? "the base model"
            : "the adapter that this stage begins with");
  }

  private void memory() throws IOException {
    TrainStage training = TrainStage.firstOf(spec);
    long tokens = tokensOfMicrobatch(training);
    int lanes = spec.cluster().lanes();
    MemoryEstimate memory =
        model.memory(spec, new Work(lanes, lanes, tokens, training.activationCheckpointing()));
    add("");
    add(
        "  memory     executor %s with all lanes at %,d tokens each · driver %s · %s in local mode",
        bytes(memory.executor()), tokens, bytes(memory.driver()), bytes(memory.local()));
    add(
        "             executor: weights %s · adapter %s · activations %s · logits %s · workspace %s · process %s",
        bytes(memory.weights()),
        bytes(memory.adapter()),
        bytes(memory.activations()),
        bytes(memory.logits()),
        bytes(memory.workspace()),
        bytes(memory.process()));
    if (spec.cluster().device() == ComputeDevice.GPU) {
      gpus(training);
    }
  }

  private void gpus(TrainStage training) {
    MemoryEstimate one = model.memory(spec, training.work(1, spec.cluster().lanes()));
    List<String> sizes = new ArrayList<>();
    for (int gpus = 1; gpus <= Math.min(8, model.config().layers()); gpus *= 2) {
      sizes.add(
          bytes(one.gpu(model.config(), gpus)) + (gpus == 1 ? " on one" : " on each of " + gpus));
    }
    add("             GPU: %s; cluster.gpus: %s", String.join(", ", sizes), spec.cluster().gpus());
  }

  /** What a lane's share of a batch has, if that is less than the budget. */
  private long tokensOfMicrobatch(TrainStage training) throws IOException {
    int lanes = spec.cluster().lanes();
    int budget = training.tokensPerMicrobatch();
    long examples = (training.batchSize() + lanes - 1L) / lanes;
    if (!spec.stages().contains(training)) {
      return budget; // a job that trains on no records
    }
    return DataEstimate.of(training.dataSpec(), model)
        .map(data -> Math.round(examples * data.tokensPerExample()))
        .map(tokens -> Math.max(1, Math.min(budget, tokens)))
        .orElse((long) budget);
  }

  private static String bytes(long count) {
    double mebibytes = count / (double) (1 << 20);
    return mebibytes < 1024
        ? format(mebibytes < 10 ? "%.1f MiB" : "%.0f MiB", mebibytes)
        : format("%.1f GiB", mebibytes / 1024);
  }

  private void add(String pattern, Object... values) {
    lines.add(format(pattern, values));
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
