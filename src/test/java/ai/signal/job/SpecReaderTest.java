package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.cluster.ComputeDevice;
import ai.signal.cluster.GpuRequest;
import ai.signal.cluster.Transport;
import ai.signal.spec.ClusterSpec;
import ai.signal.spec.LoraSpec;
import ai.signal.spec.ModelSpec;
import ai.signal.spec.OptimizerSpec;
import ai.signal.spec.Precision;
import ai.signal.spec.ScheduleSpec;
import ai.signal.spec.SpecException;
import ai.signal.spec.SpecTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecReaderTest {
  private static final String SMALL =
      """
      name: demo
      model: {base: builtin:tiny}
      output: runs/demo
      stages:
        - evaluate: {data: {path: held_out.jsonl}}
        - train: {data: {path: data.jsonl}, steps: 200}
        - sample: {prompts: {path: s3a://bucket/prompts.jsonl}}
        - save:
      """;

  @TempDir Path directory;

  @Test
  void fillsInTheDefaultsOfTheRecords() {
    JobSpec spec = read(SMALL);
    assertThat(spec.model()).isEqualTo(new ModelSpec("builtin:tiny", Precision.AUTO));
    assertThat(spec.lora()).isEqualTo(new LoraSpec());
    assertThat(spec.cluster())
        .isEqualTo(
            new ClusterSpec(2, 1, ComputeDevice.AUTO, GpuRequest.AUTO, Transport.FLOAT32, false));
    assertThat(spec.seed()).isZero();
    TrainStage train = (TrainStage) spec.stages().get(1);
    assertThat(train.optimizer()).isEqualTo(new OptimizerSpec());
    assertThat(train.schedule()).isEqualTo(new ScheduleSpec(ScheduleSpec.Name.COSINE, 10));
    assertThat(train.batchSize()).isEqualTo(16);
    assertThat(train.steps()).contains(200);
    assertThat(spec.stages().get(3)).isEqualTo(new SaveStage());
  }

  @Test
  void overridesReachIntoListsAndMakeMissingMappings() {
    JobSpec spec =
        read(
            SMALL,
            "stages.1.train.steps=8",
            "stages.1.train.optimizer.learning_rate=3e-4",
            "lora.targets=[q_proj, v_proj]",
            "lora.dropout=0.1",
            "stages.1.train.data.shuffle=false",
            "seed=-7",
            "name=other");
    TrainStage train = (TrainStage) spec.stages().get(1);
    assertThat(train.steps()).contains(8);
    assertThat(train.optimizer().learningRate()).isEqualTo(3e-4);
    assertThat(train.data().shuffle()).isFalse();
    assertThat(spec.lora().targets()).containsExactly("q_proj", "v_proj");
    assertThat(spec.lora().dropout()).isEqualTo(0.1);
    assertThat(spec.seed()).isEqualTo(-7);
    assertThat(spec.name()).isEqualTo("other");
  }

  @Test
  void overridesCanTakeAValueAway() {
    TrainStage train = (TrainStage) read(SMALL, "stages.1.train.steps=null").stages().get(1);
    assertThat(train.steps()).isEqualTo(Optional.empty());
  }

  @Test
  void inputPathsStartAtTheSpecAndTypedOnesAtTheCurrentDirectory() {
    Path here = Path.of("").toAbsolutePath();
    JobSpec spec = read(SMALL, "stages.0.evaluate.data.path=mine.jsonl");
    assertThat(((EvaluateStage) spec.stages().get(0)).data().path())
        .contains(here.resolve("mine.jsonl").toString());
    assertThat(((TrainStage) spec.stages().get(1)).data().path())
        .contains(directory.resolve("data.jsonl").toString());
    assertThat(((SampleStage) spec.stages().get(2)).prompts().path())
        .contains("s3a://bucket/prompts.jsonl");
    assertThat(spec.model().base()).isEqualTo("builtin:tiny");
    assertThat(spec.output()).isEqualTo(here.resolve("runs/demo").toString());
  }

  @Test
  void theResolvedSpecReadsBackToItself() {
    JobSpec spec = read(SMALL, "lora.init=adapters/a", "lora.dropout=0.25", "seed=9000000000");
    String yaml = SpecYaml.write(SpecTree.of(spec));
    assertThat(read(yaml)).isEqualTo(spec);
    assertThat(SpecYaml.write(SpecTree.of(read(yaml)))).isEqualTo(yaml);
    String rewarded =
        "{reinforce: {prompts: {path: p.jsonl}, reward: {name: matches, pattern: a}, target_reward: 0.9}}";
    JobSpec more = read(SMALL, "stages.0=" + rewarded);
    String all = SpecYaml.write(SpecTree.of(more));
    assertThat(read(all)).isEqualTo(more);
    assertThat(SpecKeys.all())
        .allSatisfy(
            path ->
                assertThat(yaml + all).contains(path.substring(path.lastIndexOf('.') + 1) + ":"));
  }

  @Test
  void theDigestIsOfEverythingButTheOutput() {
    String digest = SpecDigest.upTo(read(SMALL), 1);
    assertThat(digest).matches("[0-9a-f]{64}");
    assertThat(SpecDigest.upTo(read(SMALL, "output=elsewhere"), 1)).isEqualTo(digest);
    assertThat(SpecDigest.upTo(read(SMALL, "cluster.lanes=3"), 1)).isNotEqualTo(digest);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stages.1.train.batchsize=4 | stages.1.train.batchsize = 4 is not a key, did you mean 'batch_size'?"
            + " allowed: data, loss, optimizer, schedule, batch_size, tokens_per_microbatch,"
            + " activation_checkpointing, epochs, steps, checkpoint, evaluate",
        "stages.1.train.learning_rate=1 | stages.1.train.learning_rate = 1 is not a key, did you mean"
            + " 'stages.N.train.optimizer.learning_rate'? allowed: data, loss, optimizer, schedule,"
            + " batch_size, tokens_per_microbatch, activation_checkpointing, epochs, steps, checkpoint, evaluate",
        "lora.rank=0 | lora.rank = 0 is refused, allowed: a whole number of at least 1",
        "lora.rank=2.5 | lora.rank = 2.5 is refused, allowed: a whole number",
        "lora.rank=big | lora.rank = 'big' is refused, allowed: a whole number",
        "lora.rank=9999999999 | lora.rank = 9999999999 is refused, allowed: a whole number of at most 2,147,483,647",
        "lora.dropout=1.0 | lora.dropout = 1 is refused, allowed: a number from 0 to below 1",
        "lora.targets=[q_prj] | lora.targets = [q_prj] is refused, allowed: all-linear, or each once:"
            + " q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj, lm_head",
        "stages.1.train.data.shuffle=maybe | stages.1.train.data.shuffle = 'maybe' is refused, allowed:"
            + " true, false",
        "model.dtype=bfloat | model.dtype = 'bfloat' is refused, allowed: auto, float32, bfloat16,"
            + " float16 (did you mean 'bfloat16'?)",
        "stages=[] | stages = [] is refused, allowed: at least one of [train, reinforce, evaluate, sample, save]",
        "stages.3={sav: {}} | stages.3 = 'sav' is not a kind of stage, did you mean 'save'? allowed: one of"
            + " train, reinforce, evaluate, sample, save, with its keys below it",
        "stages.4.save={} | stages.4.save has no entry '4', allowed: 0 to 3",
        "name.first=x | name.first leads into 'demo', which has no keys",
        "name=12 | name = 12 is refused, allowed: a text (put it in quotes)",
        "model= | model is missing",
        "stages.1.train.data={} | stages.1.train.data.path is missing",
        "stages.2.sample.top_p=0 | stages.2.sample.top_p = 0.0 is refused, allowed: a number above 0 and"
            + " up to 1",
        "cluster.gpus=0 | cluster.gpus = 0 is refused, allowed: auto, a number of GPUs such as 2, or a"
            + " number of a model such as A100-80GB:2",
        "cluster.gpus=A100:2 | cluster.gpus = 'A100:2' is refused, allowed: the model with its memory, such"
            + " as A100-80GB:2",
        "cluster.device=cuda | cluster.device = 'cuda' is refused, allowed: auto, cpu, gpu",
        "stages.1.train.checkpoint={keep: 0} | stages.1.train.checkpoint.keep = 0 is refused, allowed: a whole"
            + " number of at least 1",
        "stages.1.train.checkpoint={every_minutes: 0} | stages.1.train.checkpoint.every_minutes = 0 is refused,"
            + " allowed: a number above 0",
        "stages.1.train.checkpoint={keep_best: true} | stages.1.train.checkpoint.keep_best = true needs"
            + " evaluations by which it is the best: evaluate",
        "stages.1.train={data: {path: x}, checkpoint: {keep_best: true, every_steps: 5}, evaluate: {data: {path: y},"
            + " every_steps: 2}} | stages.1.train.checkpoint.every_steps = 5 is refused, allowed: with keep_best, a"
            + " multiple of evaluate.every_steps = 2",
        "stages.1.train.evaluate={data: {path: y}} | stages.1.train.evaluate.every_steps is missing",
        "stages.0={reinforce: {}} | stages.0.reinforce.prompts is missing",
        "stages.3.save={mode: all} | stages.3.save.mode = 'all' is refused, allowed: adapter, merged, state",
        "stages.3.save={mode: merged, dtype: int8} | stages.3.save.dtype = 'int8' is refused, allowed: auto,"
            + " float32, bfloat16, float16",
        "stages.3.save={mode: merged, max_shard_size: 0} | stages.3.save.max_shard_size = 0 is refused,"
            + " allowed: a size above 0, such as 5GB, 512MiB or a number of bytes",
        "stages.3.save={mode: merged, max_shard_size: 5 gold} | stages.3.save.max_shard_size = '5 gold' is"
            + " refused, allowed: a size above 0, such as 5GB, 512MiB or a number of bytes",
        "stages.3.save={dtype: float32} | stages.3.save.dtype = 'float32' is refused: only mode merged has it",
        "stages.3.save={max_shard_size: 1GB} | stages.3.save.max_shard_size = '1GB' is refused: only mode merged has it",
        "stages.1.train={data: {path: x, format: text}, loss: {name: ppo}} | stages.1.train.data.format = text"
            + " is refused, allowed: scored for loss ppo",
        "stages.1.train.loss={name: cross_entropy, nll: 1} | stages.1.train.loss.nll = 1.0 is refused: loss cross_entropy does not have"
            + " it, only dpo",
        "stages.1.train.data.format=preference | stages.1.train.data.format = preference is refused, allowed:"
            + " formats with one answer for loss cross_entropy",
        "lora={modules_to_save: [norm]} | lora.modules_to_save = [norm] is refused, allowed:"
            + " each once: embed_tokens, lm_head, score",
        "lora={targets: lm_head, modules_to_save: lm_head} | lora.modules_to_save = [lm_head] is refused,"
            + " allowed: without lm_head, which targets names already",
        "stages.1.train.loss={name: dpo, margin: 1} | stages.1.train.loss.margin = 1.0 is refused: loss dpo does not have"
            + " it, only reward",
        "stages.1.train.loss={name: reward, kl: 1} | stages.1.train.loss.kl = 1.0 is refused, allowed:"
            + " null for reward, which has no probabilities",
        "model.base=hf://org/x | model.base = 'hf://org/x' is not available in this version, allowed:"
            + " builtin:NAME, a directory or its URI on a Hadoop file system; a model of the Hugging Face Hub"
            + " is downloaded first: hf download ORG/NAME --local-dir DIRECTORY",
        "model.base=m.gguf | model.base = '{here}/m.gguf' is not available in this version, allowed:"
            + " builtin:NAME, a directory or its URI on a Hadoop file system",
      })
  void refusesInOneLine(String override, String message) {
    assertThatThrownBy(() -> read(SMALL, override))
        .isInstanceOf(SpecException.class)
        .hasMessage(
            "Invalid job spec %s: %s"
                .formatted(
                    file(), message.replace("{here}", Path.of("").toAbsolutePath().toString())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"steps", "=8", "lora.rank=[", "lora.alpha=.nan", "lora.rank={a: 1, a: 2}"})
  void refusesOverridesThatDoNotParse(String override) {
    assertThatThrownBy(() -> read(SMALL, override))
        .isInstanceOf(SpecException.class)
        .message()
        .hasLineCount(1);
  }

  @Test
  void refusesDuplicateKeysWithTheirLine() {
    assertThatThrownBy(() -> read("name: a\nname: b\n"))
        .hasMessage("Cannot read job spec %s: line 2, column 5: Duplicate field 'name'", file());
  }

  @Test
  void refusesAliases() {
    assertThatThrownBy(() -> read("name: &x a\noutput: *x\n"))
        .hasMessageContaining("line 2 has the alias *x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "just text", "- a\n- b", "a: [", "a: 1\n---\nb: 2\n", "\tname: x"})
  void refusesWhatIsNotOneMapping(String yaml) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(SpecException.class)
        .hasMessageStartingWith("Cannot read job spec " + file())
        .message()
        .hasLineCount(1);
  }

  @Test
  void namesAFileThatIsNotThere() {
    Path missing = directory.resolve("none.yaml");
    assertThatThrownBy(() -> SpecReader.read(missing, List.of()))
        .hasMessage("Cannot read job spec %s: no such readable file", missing);
  }

  private JobSpec read(String yaml, String... overrides) {
    try {
      Files.writeString(file(), yaml);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return SpecReader.read(file(), List.of(overrides));
  }

  private Path file() {
    return directory.resolve("job.yaml");
  }
}
