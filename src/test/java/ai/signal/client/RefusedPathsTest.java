package ai.signal.client;

import static ai.signal.Planted.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.signal.PathParameters;
import ai.signal.Planted;
import ai.signal.PlantedFileSystem;
import ai.signal.SparkExtension;
import ai.signal.chat.ChatFormat;
import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.CheckpointWriter;
import ai.signal.checkpoint.Floats;
import ai.signal.checkpoint.RunIdentity;
import ai.signal.checkpoint.SavePolicy;
import ai.signal.checkpoint.Snapshot;
import ai.signal.data.DataFormat;
import ai.signal.data.DataSource;
import ai.signal.data.DataSpec;
import ai.signal.data.EosToken;
import ai.signal.data.Examples;
import ai.signal.data.FileKind;
import ai.signal.data.InputFile;
import ai.signal.data.LaneDataset;
import ai.signal.data.Prompts;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.LoraConfig;
import ai.signal.lora.PeftAdapter;
import ai.signal.model.JsonFile;
import ai.signal.model.ModelConfig;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelIdentity;
import ai.signal.model.ModelSource;
import ai.signal.model.Safetensors;
import ai.signal.model.Tokenizer;
import ai.signal.model.tokenizer.TokenizerFile;
import ai.signal.spec.DataKeys;
import ai.signal.spec.LoraSpec;
import ai.signal.spec.ModelSpec;
import ai.signal.spec.SpecTree;
import ai.signal.storage.Content;
import ai.signal.storage.Location;
import ai.signal.storage.OwnedFiles;
import ai.signal.storage.StorageFiles;
import ai.signal.train.RunConfig;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every public method that takes a path refuses credentials in it before a file system, the log or
 * anybody's screen sees them. A new one has to be listed here.
 */
@ExtendWith(SparkExtension.class)
class RefusedPathsTest {
  private static final String TINY = "builtin:tiny";

  @TempDir Path directory;

  @FunctionalInterface
  private interface Call {
    void with(String path) throws Exception;
  }

  @Test
  void everyPublicMethodThatTakesAPath(SparkSession spark) throws Exception {
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    try (SignalClient client = SignalClient.on(spark);
        Signal notebook = Signal.on(spark);
        CheckpointStore store = CheckpointStore.open(directory.toString(), conf)) {
      TrainingClient run = client.createRun(RunConfig.of(TINY).build());
      String id = "a-run";
      notebook.createRun("{\"model\": {\"base\": \"builtin:tiny\"}, \"name\": \"a-run\"}");
      Map<String, Call> calls = new LinkedHashMap<>();
      ofClients(calls, client, run);
      ofExports(calls, store, run, spark);
      NotebookPaths.of(notebook, id).forEach((name, call) -> calls.put(name, call::accept));
      ofData(calls, spark);
      ofModels(calls, conf);
      ofSpecs(calls);

      TreeSet<String> listed = new TreeSet<>(ExemptParameters.all().keySet());
      calls.keySet().forEach(name -> listed.add(name.replaceAll(" .*", "")));
      assertThat(PathParameters.all()).isEqualTo(listed);
      try (Planted watch = new Planted(conf)) {
        for (String path : Planted.PATHS) {
          calls.forEach((name, call) -> refused(name + " of " + path, () -> call.with(path)));
        }
        watch.requireUnseen();
      }
    }
  }

  /** So that the test above would notice. */
  @Test
  void theFileSystemSeesWhatIsAllowed(SparkSession spark) throws Exception {
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    String path = "planted://bucket/x";
    Map<String, Call> calls = new LinkedHashMap<>();
    ofModels(calls, conf);
    ofData(calls, spark);
    try (Planted watch = new Planted(conf)) {
      watch.requireUnseen();
      for (String name :
          List.of(
              "checkpoint.CheckpointStore.open#output",
              "data.InputFile.list#paths",
              "data.LaneDataset.prepare#output",
              "data.Prompts.toEvaluate#base",
              "data.Prompts.toSample#base",
              "model.ModelSource.resolve#base")) {
        PlantedFileSystem.SEEN.clear();
        assertThat(catchThrowable(() -> calls.get(name).with(path))).as(name).isNotNull();
        assertThat(PlantedFileSystem.SEEN).as(name).isNotEmpty();
      }
    }
  }

  private static void ofClients(Map<String, Call> calls, SignalClient client, TrainingClient run) {
    calls.put("client.SignalClient.modelInfo#base", client::modelInfo);
    calls.put("client.AsyncSignalClient.modelInfo#base", client.async()::modelInfo);
    for (SaveMode mode : SaveMode.values()) {
      calls.put("client.TrainingClient.saveState#path " + mode, path -> run.saveState(mode, path));
      calls.put(
          "client.AsyncTrainingClient.saveState#path " + mode,
          path -> run.async().saveState(mode, path));
    }
    calls.put(
        "client.TrainingClient.saveMerged#path",
        path -> run.saveMerged(path, MergeOptions.DEFAULT));
    calls.put(
        "client.AsyncTrainingClient.saveMerged#path",
        path -> run.async().keyed("k").saveMerged(path, MergeOptions.DEFAULT));
    calls.put("client.TrainingClient.loadState#path", run::loadState);
    calls.put("client.TrainingClient.loadWeights#path", run::loadWeights);
    calls.put("client.AsyncTrainingClient.loadState#path", run.async().keyed("k")::loadState);
    calls.put("client.AsyncTrainingClient.loadWeights#path", run.async()::loadWeights);
    calls.put(
        "client.RunCheckpoints.open#output",
        path ->
            RunCheckpoints.open(
                    run.async(), path, "digest", facts -> Optional.empty(), "x", SavePolicy.DEFAULT)
                .close());
    calls.put("train.RunConfig.of#base", RunConfig::of);
    calls.put("train.RunConfig$Builder.init#peftDirectory", RunConfig.of(TINY)::init);
    RunConfig config = RunConfig.of(TINY).build();
    calls.put("train.RunConfig.new#base", path -> config(config, path, Optional.empty()));
    calls.put("train.RunConfig.new#init", path -> config(config, TINY, Optional.of(path)));
  }

  private static RunConfig config(RunConfig of, String base, Optional<String> init) {
    return new RunConfig(
        of.name(),
        base,
        of.dtype(),
        of.lora(),
        init,
        of.seed(),
        of.lanes(),
        of.threads(),
        of.tokensPerMicrobatch(),
        of.activationCheckpointing(),
        of.transport(),
        of.device(),
        of.gpus(),
        of.allowMixed());
  }

  private void ofExports(
      Map<String, Call> calls, CheckpointStore store, TrainingClient run, SparkSession spark) {
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    String target = directory.resolve("exported").toString();
    calls.put(
        "client.AdapterExport.export#base",
        path -> AdapterExport.export(store, OptionalLong.empty(), Optional.of(path), target, conf));
    calls.put(
        "client.AdapterExport.export#directory",
        path -> AdapterExport.export(store, OptionalLong.empty(), Optional.empty(), path, conf));
    calls.put(
        "client.AdapterExport.exportMerged#base",
        path ->
            AdapterExport.exportMerged(
                store,
                OptionalLong.empty(),
                Optional.of(path),
                target,
                MergeOptions.DEFAULT,
                context));
    calls.put(
        "client.AdapterExport.exportMerged#directory",
        path ->
            AdapterExport.exportMerged(
                store,
                OptionalLong.empty(),
                Optional.empty(),
                path,
                MergeOptions.DEFAULT,
                context));
    calls.put(
        "client.MergeJob.new#base",
        path -> new MergeJob(context, "x", path, run.lora(), MergeOptions.DEFAULT));
    MergeJob job = new MergeJob(context, "x", TINY, run.lora(), MergeOptions.DEFAULT);
    calls.put("client.MergeJob.save#path", path -> job.save(run.adapter(), path));
  }

  private static void ofData(Map<String, Call> calls, SparkSession spark) {
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    DataSpec data =
        new DataSpec(List.of("jobs/data/quickstart-held-out.jsonl"), DataFormat.AUTO, 64);
    calls.put(
        "data.DataSource$Files.new#paths",
        path -> new DataSource.Files(List.of("x", path), FileKind.AUTO));
    calls.put("data.DataSpec.new#paths", path -> new DataSpec(List.of(path), DataFormat.AUTO, 64));
    calls.put("data.InputFile.list#paths", path -> InputFile.list(List.of(path), conf));
    calls.put("data.Prompts.toEvaluate#base", path -> Prompts.toEvaluate(spark, data, path));
    calls.put("data.Prompts.toSample#base", path -> Prompts.toSample(spark, data, path));
    calls.put(
        "data.LaneDataset.prepare#base",
        path -> LaneDataset.prepare(spark, data, path, 1, "runs/x"));
    calls.put(
        "data.LaneDataset.prepare#output", path -> LaneDataset.prepare(spark, data, TINY, 1, path));
    calls.put(
        "data.Examples.new#model",
        path -> {
          try (Tokenizer tokenizer = Tokenizer.load(ModelSource.resolve(TINY))) {
            new Examples(Path.of(path), tokenizer, 64);
          }
        });
  }

  private static void ofModels(Map<String, Call> calls, Configuration conf) {
    Path tiny = ModelSource.resolve(TINY);
    ModelConfig config = ModelDirectory.open(tiny).config();
    calls.put(
        "checkpoint.CheckpointStore.open#output", path -> CheckpointStore.open(path, conf).close());
    calls.put("storage.OwnedFiles.open#root", path -> OwnedFiles.open(path, "x", conf).close());
    calls.put(
        "storage.OwnedFiles.join#root", path -> OwnedFiles.join(path, "x", "y", conf).close());
    calls.put(
        "storage.StorageFiles.open#location",
        path -> StorageFiles.open(new org.apache.hadoop.fs.Path(path).toUri(), conf).close());
    calls.put("model.ModelSource.resolve#base", ModelSource::resolve);
    calls.put("model.ModelDirectory.open#path", path -> ModelDirectory.open(Path.of(path)));
    calls.put("model.ModelConfig.read#configJson", path -> ModelConfig.read(Path.of(path)));
    calls.put("model.ModelIdentity.of#model", path -> ModelIdentity.of(Path.of(path)));
    calls.put(
        "model.JsonFile.readSettings#file", path -> JsonFile.readSettings("model", Path.of(path)));
    calls.put("model.JsonFile.read#file", path -> JsonFile.read("model", Path.of(path)));
    calls.put("model.Safetensors.open#file", path -> Safetensors.open(Path.of(path)));
    calls.put("model.Tokenizer.load#modelDir", path -> Tokenizer.load(Path.of(path)).close());
    calls.put("model.Tokenizer.tryOut#modelDir", path -> Tokenizer.tryOut(Path.of(path), List::of));
    calls.put("model.tokenizer.TokenizerFile.read#path", path -> TokenizerFile.read(Path.of(path)));
    calls.put("chat.ChatFormat.open#model", path -> ChatFormat.open(Path.of(path)));
    calls.put("data.EosToken.check#model", path -> EosToken.check(Path.of(path)));
    calls.put("chat.ChatFormat.check#model", path -> ChatFormat.check(Path.of(path)));
    calls.put("chat.ChatFormat.isIn#model", path -> ChatFormat.isIn(Path.of(path)));
    calls.put(
        "chat.ChatFormat.specialTokens#model", path -> ChatFormat.specialTokens(Path.of(path)));
    calls.put("lora.PeftAdapter.read#directory", path -> PeftAdapter.read(Path.of(path), config));
    PeftAdapter adapter =
        PeftAdapter.of(
            config,
            RunConfig.of(TINY).build().lora(),
            new float[AdapterLayout.of(config, RunConfig.of(TINY).build().lora()).size()]);
    calls.put("lora.PeftAdapter.files#base", path -> adapter.files(path, Map.of()));
  }

  private static void ofSpecs(Map<String, Call> calls) {
    calls.put("spec.ModelSpec.new#base", ModelSpec::new);
    LoraSpec lora = new LoraSpec();
    calls.put(
        "spec.LoraSpec.new#init",
        path ->
            new LoraSpec(
                lora.rank(),
                lora.alpha(),
                lora.dropout(),
                lora.targets(),
                lora.rslora(),
                lora.dora(),
                lora.modulesToSave(),
                Optional.of(path)));
    Requests.Data data = new Requests.Data(Optional.of(List.of("x")), Optional.empty(), "x");
    calls.put(
        "spec.DataKeys.spec#files",
        path -> data.spec(List.of(path), DataFormat.AUTO, 64, Set.of()));
    calls.put(
        "spec.DataKeys.check#path", path -> check(Optional.of(List.of(path)), Optional.empty()));
    calls.put("spec.DataKeys.check#table", path -> check(Optional.empty(), Optional.of(path)));
  }

  private static void check(Optional<List<String>> path, Optional<String> table) {
    DataKeys.check(
        path,
        table,
        FileKind.AUTO,
        Map.of(),
        JsonNodeFactory.instance.nullNode(),
        Optional.empty());
  }

  @Test
  void namesThatHoldAPath() {
    for (String path : Planted.PATHS) {
      refused("Location", () -> Location.of("Cannot read", path));
      refused("table", () -> new DataSource.Table("parquet.`" + path + "`"));
    }
  }

  /** The checkpoint of somebody else names its base model. */
  @Test
  void pathsInFilesOfOthers(SparkSession spark) throws Exception {
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    ModelDirectory tiny = ModelDirectory.open(ModelSource.resolve(TINY));
    LoraConfig lora = RunConfig.of(TINY).build().lora();
    AdapterLayout layout = AdapterLayout.of(tiny.config(), lora);
    for (String path : Planted.PATHS) {
      String output = directory.resolve("of-" + Planted.PATHS.indexOf(path)).toString();
      ObjectNode facts = JsonNodeFactory.instance.objectNode().put("base", path);
      facts.putObject("settings").set("lora", SpecTree.of(lora));
      RunIdentity run =
          new RunIdentity("run", "x", ModelIdentity.of(tiny.path()), "digest", Map.of());
      try (CheckpointStore store = CheckpointStore.open(output, conf);
          CheckpointWriter writer = CheckpointWriter.open(store, run, SavePolicy.DEFAULT)) {
        Content values = Floats.of(new float[layout.size()]);
        writer.save(new Snapshot(1, facts, Map.of(RunCheckpoint.ADAPTER, values)));
        writer.await();
        try (Planted watch = new Planted(conf)) {
          refused(
              "base of a manifest",
              () ->
                  AdapterExport.export(
                      store, OptionalLong.of(1), Optional.empty(), output + "/adapter", conf));
          watch.requireUnseen();
        }
      }
    }
  }
}
