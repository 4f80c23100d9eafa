package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import ai.signal.data.DataException;
import ai.signal.data.Example;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.spec.LossSpec;
import ai.signal.train.AdamW;
import ai.signal.train.CrossEntropy;
import ai.signal.train.RunConfig;
import ai.signal.train.Schedule;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A notebook's calls through a real py4j server do what Java's do, and refuse what they refuse. */
@ExtendWith(SparkExtension.class)
class SignalTest {
  private static final String RUN =
      """
      {"name": "note", "model": {"base": "builtin:tiny", "dtype": "float32"}, "seed": 5,
       "lora": {"rank": 2, "alpha": 4, "targets": ["q_proj", "v_proj"]}, "cluster": {"lanes": 1}}
      """;

  private static final String BATCH =
      "[{\"prompt\": \"Anna has a cup.\", \"completion\": \" Leo has 1 cups.\"}]";

  private static final String ADAM =
      "{\"name\": \"adamw\", \"learning_rate\": 0.01, \"weight_decay\": 0, \"grad_clip\": 0}";

  @TempDir Path directory;

  private static TrainingClient twin(SignalClient signal) {
    return signal.createRun(
        RunConfig.of("builtin:tiny")
            .dtype(DType.FLOAT32)
            .lora(new LoraConfig(2, 4, 0, List.of("q_proj", "v_proj")))
            .seed(5)
            .lanes(1)
            .build());
  }

  private static List<Example> batch(TrainingClient run) {
    return List.of(run.example("Anna has a cup.", " Leo has 1 cups."));
  }

  /** The session is Python's entry point here, where pyspark has {@code spark._jsparkSession}. */
  private static String signal(Py4j python) throws Exception {
    return python.call("z:ai.signal.client.Signal", "on", new Py4j.Reference("t"));
  }

  @Test
  void aNotebooksLoopIsJavas(SparkSession spark) throws Exception {
    try (Py4j python = new Py4j(spark);
        SignalClient java = SignalClient.on(spark)) {
      TrainingClient twin = twin(java);
      double loss = twin.forwardBackward(batch(twin), new CrossEntropy()).loss();
      twin.optimStep(AdamW.of(1e-2));
      double next =
          twin.trainBatch(batch(twin), new CrossEntropy(), AdamW.of(1e-2)).forwardBackward().loss();

      String signal = signal(python);
      JsonNode run = python.json(signal, "createRun", RUN);
      String id = run.get("run_id").asText();
      assertThat(run.get("name").asText()).isEqualTo("note");
      assertThat(run.get("dtype").asText()).isEqualTo("float32");
      assertThat(run.at("/lora/rank").asInt()).isEqualTo(2);
      JsonNode gradient =
          python.json(signal, "forwardBackward", id, "{\"batch\": %s}".formatted(BATCH));
      assertThat(gradient.get("loss").asDouble()).isEqualTo(loss);
      assertThat(gradient.at("/logprobs/0/0").isNull()).as("a prompt has none").isTrue();
      JsonNode update =
          python.json(signal, "optimStep", "note", "{\"optimizer\": %s}".formatted(ADAM));
      assertThat(update.get("step").asInt()).isEqualTo(1);
      String both = "{\"batch\": %s, \"optimizer\": %s}".formatted(BATCH, ADAM);
      JsonNode second = python.json(signal, "trainBatch", id, both);
      assertThat(second.at("/forward_backward/loss").asDouble()).isEqualTo(next);
      assertThat(second.at("/optim_step/step").asInt()).isEqualTo(2);

      JsonNode steps = python.json(signal, "metrics", id).get("steps");
      assertThat(steps).hasSize(2);
      assertThat(steps.at("/0/loss").asDouble()).isEqualTo(loss);
      assertThat(steps.at("/1/learning_rate").asDouble()).isEqualTo(1e-2);
      assertThat(steps.at("/0/epoch").isNull()).isTrue();
      assertThat(python.json(signal, "runs").at("/runs/0/step").asInt()).isEqualTo(2);
      assertThat(python.json(signal, "run", "note").get("run_id").asText()).isEqualTo(id);
      python.call(signal, "zeroGrad", id);
      String path = directory.resolve("adapter").toString();
      JsonNode saved = python.json(signal, "saveState", id, "{\"path\": \"%s\"}".formatted(path));
      assertThat(saved.get("files").toString()).contains("adapter_config.json");
      String merged =
          "{\"path\": \"%s\", \"mode\": \"%s\", \"dtype\": \"bfloat16\", \"max_shard_size\": \"2MB\"}";
      saved =
          python.json(
              signal, "saveState", id, merged.formatted(directory.resolve("merged"), "merged"));
      assertThat(saved.get("files").toString()).contains("model-00001-of-", "config.json");
      python.call(signal, "closeRun", id);
      assertThat(python.json(signal, "runs").get("runs")).isEmpty();
      python.call(signal, "close");
    }
  }

  @Test
  void whatIsSampledCanBeLearnt(SparkSession spark) throws Exception {
    try (Py4j python = new Py4j(spark)) {
      String signal = signal(python);
      String id = python.json(signal, "createRun", RUN).get("run_id").asText();
      JsonNode completions =
          python
              .json(
                  signal,
                  "sample",
                  id,
                  "{\"prompts\": [\"Anna\"], \"max_tokens\": 3, \"temperature\": 1.0, \"n\": 2, \"seed\": 4}")
              .get("completions");
      assertThat(completions).hasSize(2);
      completions.forEach(completion -> ((ObjectNode) completion).put("advantage", 1.5));
      String ppo =
          "{\"batch\": %s, \"loss\": {\"name\": \"ppo\", \"clip_high\": 1.3}}"
              .formatted(completions);
      JsonNode gradient = python.json(signal, "forwardBackward", id, ppo);
      assertThat(gradient.get("loss_tokens").asInt())
          .isEqualTo(completions.at("/0/token_ids").size() + completions.at("/1/token_ids").size());
      assertThat(gradient.get("loss").asDouble())
          .as("-ratio x advantage")
          .isCloseTo(-1.5, Offset.offset(1e-3));
      String tokens =
          "{\"batch\": [{\"tokens\": [5, 6], \"target_tokens\": [6, 7], \"weights\": [0, 1]}]}";
      assertThat(python.json(signal, "forward", id, tokens).get("loss_tokens").asInt())
          .isEqualTo(1);
      python.call(signal, "close");
    }
  }

  @Test
  void whatIsSubmittedIsAskedForLater(SparkSession spark) throws Exception {
    try (Py4j python = new Py4j(spark);
        SignalClient java = SignalClient.on(spark)) {
      String signal = signal(python);
      JsonNode created = python.json(signal, "submit", "create_run", "", RUN);
      String id = python.json(signal, "result", future(created), 60).get("run_id").asText();
      String train =
          """
          {"examples": [{"text": "Anna has a cup."}, {"text": "Leo has a book."}, {"text": "Mia ran."}],
           "optimizer": %s, "schedule": {"name": "linear", "warmup_steps": 0}, "batch_size": 2,
           "epochs": 2}
          """
              .formatted(ADAM);
      JsonNode training = python.json(signal, "submit", "train", id, train);
      assertThat(training.get("operation").asText()).isEqualTo("train");
      assertThat(training.get("sequence").asInt()).isEqualTo(1);
      JsonNode result = python.json(signal, "result", future(training), -1);
      assertThat(result.get("steps").asInt()).isEqualTo(4);
      assertThat(python.call(signal, "done", future(training))).isEqualTo("true");
      assertThat(python.call(signal, "cancel", future(training))).isEqualTo("false");
      JsonNode progress = python.json(signal, "progress", future(training));
      assertThat(progress.at("/step").asInt()).isEqualTo(4);
      assertThat(progress.at("/metrics/loss").asDouble())
          .isEqualTo(result.get("last_loss").asDouble());

      TrainingClient twin = twin(java);
      List<Example> examples =
          List.of(
              twin.example("Anna has a cup."),
              twin.example("Leo has a book."),
              twin.example("Mia ran."));
      TrainingResult expected =
          twin.train(
              examples,
              TrainingOptions.of(new CrossEntropy(), AdamW.of(1e-2))
                  .withSchedule(steps -> Schedule.linear(0, steps))
                  .withBatchSize(2)
                  .withEpochs(2));
      assertThat(result.get("last_loss").asDouble()).isEqualTo(expected.lastLoss());
      assertThatThrownBy(() -> python.call(signal, "result", "future-9", 1.5))
          .isInstanceOf(Py4j.Thrown.class);
      python.call(signal, "close");
    }
  }

  private static String future(JsonNode submitted) {
    return submitted.get("future_id").asText();
  }

  @Test
  void filesAndViewsToo(SparkSession spark) throws Exception {
    Path texts = directory.resolve("texts.jsonl");
    Files.writeString(texts, "{\"text\": \"Anna has a cup.\"}\n{\"text\": \"Mia ran.\"}\n");
    try (Signal signal = Signal.on(spark)) {
      signal.createRun(RUN);
      String request =
          "{\"data\": {\"path\": \"%s\", \"output\": \"%s\"}, \"steps\": 3, \"batch_size\": 1}"
              .formatted(texts, directory);
      assertThat(Py4j.parse(signal.train("note", request)).get("steps").asInt()).isEqualTo(3);
      assertThat(Py4j.parse(signal.metrics("note")).at("/steps/2/epoch").asDouble()).isEqualTo(1.5);
    }
  }

  /** Of five rows one is filtered out, two say the same, and the columns have other names. */
  @Test
  void aDataSetHasTheKeysOfAJobs(SparkSession spark) throws Exception {
    Path rows = directory.resolve("rows.csv");
    Files.writeString(
        rows,
        "id,q,a\n1,Anna has, a cup\n2,Leo has, a book\n3,Leo has, a book\n4,Mia, ran\n5,No, no\n");
    String data =
        """
        {"data": {"path": ["%s"], "output": "%s", "source": "csv", "key": "id",
                  "fields": {"prompt": "q", "completion": "a"}, "filter": "q != 'No'",
                  "deduplicate": ["q", "a"], "format": "prompt_completion"}, "batch_size": 1}
        """
            .formatted(rows, directory);
    try (Signal signal = Signal.on(spark)) {
      signal.createRun(RUN);
      assertThat(Py4j.parse(signal.train("note", data)).get("steps").asInt()).isEqualTo(3);
    }
  }

  @Test
  void aDataSetIsReadWhenTrainingBegins(SparkSession spark) {
    try (Signal signal = Signal.on(spark)) {
      signal.createRun(RUN);
      String request =
          "{\"data\": {\"path\": \"%s\", \"output\": \"%s\"}, \"idempotency_key\": \"x\"}"
              .formatted(directory.resolve("none.jsonl"), directory);
      String id = future(Py4j.parse(signal.submit("train", "note", request)));
      assertThatThrownBy(() -> signal.result(id, 60))
          .isInstanceOf(SignalException.Failed.class)
          .hasRootCauseInstanceOf(DataException.class);
    }
  }

  @Test
  void examplesAreNoLongerThanTheModelSees() {
    Requests.Data data =
        new Requests.Data(Optional.of(List.of("a.jsonl")), Optional.empty(), "runs");
    LossSpec loss = new LossSpec(LossSpec.Name.CROSS_ENTROPY);
    assertThat(data.spec(loss, 512).maxLength()).isEqualTo(512);
    assertThat(data.spec(loss, 4096).maxLength()).isEqualTo(1024);
  }

  @Test
  void trainingOfTheSameKeyIsDoneOnce(SparkSession spark) {
    try (Signal signal = Signal.on(spark)) {
      signal.createRun(RUN);
      String keyed =
          """
          {"examples": [{"text": "Anna has a cup."}, {"text": "Mia ran."}], "batch_size": 1,
           "schedule": {"name": "linear"}, "idempotency_key": "a"}
          """;
      String first = signal.train("note", keyed);
      assertThat(signal.train("note", keyed)).isEqualTo(first);
      assertThat(Py4j.parse(signal.run("note")).get("step").asInt()).isEqualTo(2);
      assertThatThrownBy(() -> signal.train("note", keyed.replace("linear", "constant")))
          .isInstanceOf(SignalException.Refused.class)
          .hasMessageContaining("key 'a' was used for another request, train 1");
    }
  }

  @Test
  void theSameKeyIsDoneOnce(SparkSession spark) {
    try (Signal signal = Signal.on(spark)) {
      signal.createRun(RUN);
      String keyed =
          "{\"batch\": %s, \"optimizer\": %s, \"idempotency_key\": \"a\"}".formatted(BATCH, ADAM);
      String first = signal.trainBatch("note", keyed);
      assertThat(signal.trainBatch("note", keyed)).isEqualTo(first);
      assertThat(Py4j.parse(signal.run("note")).get("step").asInt()).isEqualTo(1);
    }
  }

  @Test
  void nullIsNoKey(SparkSession spark) {
    try (Signal signal = Signal.on(spark)) {
      signal.createRun(RUN);
      String keyless =
          "{\"batch\": %s, \"optimizer\": %s, \"idempotency_key\": null}".formatted(BATCH, ADAM);
      signal.trainBatch("note", keyless);
      signal.trainBatch("note", keyless);
      assertThat(Py4j.parse(signal.run("note")).get("step").asInt()).isEqualTo(2);
    }
  }

  @Test
  void aRunOfTheSameKeyIsTheSame(SparkSession spark) {
    try (Signal signal = Signal.on(spark)) {
      String keyed = RUN.replaceFirst("\\{", "{\"idempotency_key\": \"mine\", ");
      String first = signal.createRun(keyed);
      assertThat(signal.createRun(keyed)).isEqualTo(first);
      assertThat(Py4j.parse(signal.runs()).get("runs")).hasSize(1);
      assertThatThrownBy(() -> signal.createRun(keyed.replace("\"seed\": 5", "\"seed\": 6")))
          .isInstanceOf(SignalException.Refused.class)
          .hasMessageContaining("key 'mine' was used for another request, create_run 1");
      assertThat(Py4j.parse(signal.createRun(RUN)).get("run_id"))
          .isNotEqualTo(Py4j.parse(first).get("run_id"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          forward_backwards | {}                            | there is no such operation (did you mean 'forward_backward'?), only create_run, forward, forward_backward, optim_step, zero_grad, train_batch, train, sample, save_state,
          forward_backward  | {}                            | batch is missing
          forward_backward  | {"batch": []                  | request is not JSON
          forward_backward  | [1]                           | request is not a JSON object
          forward_backward  | {"batch": [], "los": {}}      | los = {} is not a key, did you mean 'loss'? allowed: batch, loss
          forward           | {"batch": [], "loss": {"name": "ppoo"}} | loss.name = 'ppoo' is refused, allowed: cross_entropy, dpo,
          forward           | {"batch": [], "loss": {"name": "ppo", "beta": 1}} | loss.beta = 1.0 is refused: loss ppo does not have it, only dpo and dro
          forward           | {"batch": [{"txt": "a"}]}     | batch.0 is refused: Cannot use record: it has only 'txt'
          forward           | {"batch": [{"tokens": [1], "target_tokens": [1, 2, 3], "weights": [1]}]} | batch.0 is refused: Cannot use example batch.0: 1 tokens, 3 target tokens and 1 weights differ in number
          optim_step        | {"optimizer": {"name": "adamw", "learning_rate": -1}} | optimizer.learning_rate = -1 is refused, allowed: a number above 0
          optim_step        | {"optimizer": {"name": "lion"}} | optimizer.name = 'lion' is refused, allowed: adamw, adam, sgd, adafactor
          train             | {"steps": 0}                  | steps = 0 is refused, allowed: a whole number of at least 1
          train             | {"data": {"output": "/none"}} | data.path or table, one of them, says where the data is
          train             | {}                            | examples or data, one of them, is what train learns from
          sample            | {"prompts": ["a"], "max_tokens": 0} | max_tokens = 0 is refused, allowed: 1 or more
          sample            | {"prompts": ["a"], "temprature": 0} | temprature = 0 is not a key, did you mean 'temperature'? allowed: max_tokens, min_tokens, n,
          sample            | {"n": 2}                      | prompts is missing
          create_run        | {"model": {"base": "hf://a/b"}} | model.base = 'hf://a/b' is not available in this version
          train             | {"data": {"path": "x", "output": "y", "format": "scored"}} | data.format = scored is refused, allowed: formats with one answer for loss cross_entropy
          train             | {"data": {"path": "x", "output": "y", "format": "text"}, "loss": {"name": "dpo"}} | data.format = text is refused, allowed: preference for loss dpo
          train             | {"data": {"path": "x", "output": "y", "max_length": 1000000}} | data.max_length = 1000000 is refused, allowed: up to the model's
          train             | {"data": {"path": "x", "output": "y", "fields": {"promt": "q"}}} | data.fields.promt = q is no field of a record, did you mean 'prompt'?
          save_state        | {"path": "x", "dtype": "bfloat16"} | dtype = 'bfloat16' is refused: only mode merged has it
          save_state        | {"path": "x", "mode": "merged", "max_shard_size": "0GB"} | max_shard_size = '0GB' is refused, allowed: a size above 0, such as 5GB
          zero_grad         | {"idempotency_key": " "}      | idempotency_key = ' ' is refused, allowed: a text, not blank, or null
          zero_grad         | {"idempotency_key": 7}        | idempotency_key = 7 is refused, allowed: a text
          create_run        | {"idempotency_key": []}       | idempotency_key = [] is refused, allowed: a text
          create_run        | {"modle": {}}                 | modle = {} is not a key, did you mean 'model'? allowed: model, name, lora, seed, cluster
          """)
  void whatCannotBeUnderstoodIsRefused(
      String operation, String json, String message, SparkSession spark) {
    try (Signal signal = Signal.on(spark)) {
      signal.createRun(RUN);
      assertThatThrownBy(() -> signal.submit(operation, "note", json))
          .isInstanceOfSatisfying(
              SignalException.Refused.class,
              refused -> {
                JsonNode error = Py4j.parse(signal.error(refused));
                assertThat(error.get("kind").asText()).isEqualTo("refused");
                assertThat(error.get("operation").asText()).isEqualTo(operation);
              })
          .hasMessageContaining("Cannot submit " + operation + ": " + message);
      assertThat(Py4j.parse(signal.run("note")).get("step").asInt()).isZero();
    }
  }

  @Test
  void failuresKeepOperationAndCause(SparkSession spark) throws Exception {
    try (Py4j python = new Py4j(spark)) {
      String signal = signal(python);
      python.call(signal, "createRun", RUN);
      JsonNode bad =
          python.json(
              signal,
              "submit",
              "forward_backward",
              "note",
              "{\"batch\": %s, \"loss\": {\"name\": \"cispo\"}}".formatted(BATCH));
      JsonNode behind =
          python.json(
              signal, "submit", "optim_step", "note", "{\"optimizer\": %s}".formatted(ADAM));
      JsonNode failed = thrown(python, signal, "result", future(bad), -1);
      assertThat(failed.get("kind").asText()).isEqualTo("failed");
      assertThat(failed.get("operation").asText()).isEqualTo("forward_backward");
      assertThat(failed.get("sequence").asInt()).isEqualTo(1);
      assertThat(failed.get("message").asText()).contains("needs [advantages, logprobs]");
      assertThat(failed.at("/causes/0/type").asText())
          .isEqualTo("ai.signal.train.TrainingException");
      JsonNode skipped = thrown(python, signal, "result", future(behind), -1);
      assertThat(skipped.get("kind").asText()).isEqualTo("skipped");
      assertThat(skipped.at("/causes/1/type").asText())
          .isEqualTo("ai.signal.train.TrainingException");
      JsonNode unknown = thrown(python, signal, "forward", "none", "{}");
      assertThat(unknown.get("message").asText()).startsWith("Cannot find run 'none'");
      JsonNode model = thrown(python, signal, "createRun", "{\"model\": {\"base\": \"/none\"}}");
      assertThat(model.get("operation").asText()).isEqualTo("create_run");
      assertThat(model.at("/causes/0/type").asText())
          .isEqualTo("ai.signal.model.ModelFormatException");
      python.call(signal, "close");
    }
  }

  private static JsonNode thrown(Py4j python, String signal, String method, Object... arguments)
      throws Exception {
    try {
      python.call(signal, method, arguments);
    } catch (Py4j.Thrown e) {
      return python.json(signal, "error", new Py4j.Reference(e.getMessage()));
    }
    throw new AssertionError(method + " threw nothing");
  }

  @Test
  void aNameHasOneMethodOfPlainArguments() {
    List<Method> methods =
        Arrays.stream(Signal.class.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .toList();
    assertThat(methods).extracting(Method::getName).doesNotHaveDuplicates();
    assertThat(methods)
        .filteredOn(method -> !Modifier.isStatic(method.getModifiers()))
        .allSatisfy(
            method -> {
              assertThat(method.isVarArgs()).isFalse();
              assertThat(method.getReturnType()).isIn(String.class, boolean.class, void.class);
              assertThat(List.<Class<?>>of(String.class, Number.class, Throwable.class))
                  .containsAll(Arrays.asList(method.getParameterTypes()));
            });
  }
}
