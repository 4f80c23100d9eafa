package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.SparkExtension;
import ai.signal.client.MergeOptions;
import ai.signal.client.SaveMode;
import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.Example;
import ai.signal.goldens.GoldenCase.Sequence;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.model.ModelSource;
import ai.signal.train.AdamW;
import ai.signal.train.BradleyTerry;
import ai.signal.train.CrossEntropy;
import ai.signal.train.Loss;
import ai.signal.train.RunConfig;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * PEFT computes with an adapter that Signal made and saved what Signal computes. Only where there
 * is a Python with the versions of src/goldens/requirements.txt, which the variable names.
 */
@ExtendWith(SparkExtension.class)
@EnabledIfEnvironmentVariable(named = PeftPython.VARIABLE, matches = ".+")
class PeftRoundTripTest {
  private static final LoraConfig PLAIN = new LoraConfig(3, 5, 0.1, List.of("all-linear"));

  @TempDir Path folder;

  private static LoraConfig lora(String kind) {
    return switch (kind) {
      case "lora" -> PLAIN;
      case "rslora" -> PLAIN.withRslora(true);
      case "dora" -> PLAIN.withDora(true);
      case "rsdora_head" ->
          new LoraConfig(3, 5, 0, LoraConfig.TARGETS).withRslora(true).withDora(true);
      case "modules" -> PLAIN.withModulesToSave("embed_tokens", "lm_head");
      case "dora_embedding" -> PLAIN.withDora(true).withModulesToSave("embed_tokens");
      case "head" -> PLAIN.withModulesToSave("lm_head");
      case "score" -> PLAIN.withModulesToSave("score");
      case "dora_score_embedding" ->
          PLAIN.withDora(true).withModulesToSave("score", "embed_tokens");
      default -> throw new IllegalArgumentException(kind);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "gqa, lora",
    "gqa, rslora",
    "gqa, dora",
    "biases, dora",
    "gqa, rsdora_head",
    "gqa, modules",
    "biases, modules",
    "biases, dora_embedding",
    "biases, head",
    "gqa, score",
    "biases, dora_score_embedding"
  })
  void sameNumbers(String model, String kind, SparkSession spark) throws IOException {
    GoldenCase golden = GoldenCase.named(model);
    LoraConfig lora = lora(kind);
    boolean scored = lora.trains("score");
    Loss loss = scored ? new BradleyTerry() : new CrossEntropy();
    List<Example> batch = scored ? pairs(golden) : sequences(golden);
    List<float[]> own;
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run =
          signal.createRun(RunConfig.of(golden.model().toString()).lora(lora).seed(5).build());
      for (int step = 0; step < 5; step++) {
        run.forwardBackward(batch, loss);
        run.optimStep(AdamW.of(0.02));
      }
      own = run.forward(batch, loss).logprobs();
      run.saveState(SaveMode.ADAPTER, folder.resolve("adapter").toString());
    }
    Path adapter = folder.resolve("adapter");
    JsonNode peft =
        new PeftPython(folder).run("check_adapter.py", batch, scored, golden.model(), adapter);
    int at = 0;
    for (float[] values : own) {
      JsonNode expected = scored ? peft : peft.get(at++);
      for (int i = 0; i < values.length; i++) {
        double value = expected.get(scored ? at++ : i).asDouble();
        assertThat(Math.abs(values[i] - value)).isLessThan(scored ? 1e-5 : 1e-4);
      }
    }
  }

  /** A merged model is what transformers makes of PEFT's own, of every kind and tied or not. */
  @ParameterizedTest
  @CsvSource({
    "gqa, lora, FLOAT32",
    "biases, rslora, FLOAT32",
    "biases, dora, FLOAT32",
    "gqa, rsdora_head, FLOAT32",
    "biases, modules, FLOAT32",
    "biases, dora_embedding, FLOAT32",
    "biases, head, FLOAT32",
    "trained_embedding_tied, modules, FLOAT32",
    "gqa, score, FLOAT32",
    "biases, dora_score_embedding, FLOAT32",
    "builtin:tiny, lora, FLOAT32",
    "builtin:tiny, dora_embedding, FLOAT32",
    "builtin:tiny, rslora, BFLOAT16",
    "biases, lora, BFLOAT16",
    "bfloat16, lora, BFLOAT16",
    "bfloat16, dora, BFLOAT16",
    "many_half, rslora, FLOAT16"
  })
  void mergedIsPeftsOwn(String base, String kind, DType dtype, SparkSession spark)
      throws IOException {
    LoraConfig lora = lora(kind);
    boolean scored = lora.trains("score");
    Path model =
        base.startsWith("builtin:")
            ? ModelSource.resolve(base)
            : GoldenCase.named(base).model().toAbsolutePath();
    List<Example> batch = new ArrayList<>();
    Path adapter = folder.resolve("adapter");
    Path merged = folder.resolve("merged");
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run =
          signal.createRun(RunConfig.of(model.toString()).lora(lora).seed(5).build());
      if (base.startsWith("builtin:")) {
        batch.add(run.example("Anna has a red cup."));
        batch.add(run.example("On Friday", " Leo walked to the mill."));
      } else {
        batch.addAll(scored ? pairs(GoldenCase.named(base)) : sequences(GoldenCase.named(base)));
      }
      for (int step = 0; step < 5; step++) {
        run.forwardBackward(batch, scored ? new BradleyTerry() : new CrossEntropy());
        run.optimStep(AdamW.of(0.01));
      }
      run.saveState(SaveMode.ADAPTER, adapter.toString());
      run.saveMerged(
          merged.toString(), MergeOptions.DEFAULT.withDtype(dtype).withMaxShardSize("20KB"));
    }
    JsonNode peft =
        new PeftPython(folder).run("check_merged.py", batch, scored, model, adapter, merged);
    System.out.println("%s %s %s: %s".formatted(base, kind, dtype, peft));
    assertThat(peft.get("tokenizer").asBoolean()).as("tokenizer").isTrue();
    boolean exact = dtype == DType.FLOAT32;
    assertThat(peft.get("difference").asDouble()).isLessThan(exact ? scored ? 1e-5 : 1e-4 : 0.1);
    assertThat(peft.get("generations").asBoolean() || !exact).as("generations").isTrue();
    assertThat(peft.get("weights").asDouble()).isLessThan(exact ? 1e-6 : 0x1p-8);
    assertThat(peft.get("other_bits").asDouble()).isLessThan(exact ? 1 : 1e-3);
  }

  /** Each position counts, so that each has a log-probability. */
  private static List<Example> sequences(GoldenCase golden) {
    List<Example> examples = new ArrayList<>();
    for (Sequence s : golden.sequences()) {
      float[] ones = new float[s.tokens().length];
      Arrays.fill(ones, 1);
      examples.add(new Example("golden", s.tokens(), s.targets(), ones));
    }
    return examples;
  }

  private static List<Example> pairs(GoldenCase golden) {
    List<Example> examples = new ArrayList<>();
    List<Sequence> all = golden.sequences();
    for (int i = 0; i + 1 < all.size(); i += 2) {
      int[] lengths = {all.get(i).tokens().length, all.get(i + 1).tokens().length};
      int[] tokens = Arrays.copyOf(all.get(i).tokens(), lengths[0] + lengths[1]);
      int[] targets = Arrays.copyOf(all.get(i).targets(), tokens.length);
      System.arraycopy(all.get(i + 1).tokens(), 0, tokens, lengths[0], lengths[1]);
      System.arraycopy(all.get(i + 1).targets(), 0, targets, lengths[0], lengths[1]);
      examples.add(
          new Example("pair", tokens, targets, new float[tokens.length], lengths, Map.of()));
    }
    return examples;
  }
}
