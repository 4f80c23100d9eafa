package ai.signal.cluster;

import ai.signal.client.SignalClient;
import ai.signal.client.TrainingClient;
import ai.signal.data.BatchPlan;
import ai.signal.data.DataFormat;
import ai.signal.data.DataSpec;
import ai.signal.data.Example;
import ai.signal.data.LaneDataset;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.train.AdamW;
import ai.signal.train.Loss;
import ai.signal.train.RunConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.apache.spark.sql.SparkSession;

/**
 * The training whose bits are compared: dropout, activation checkpointing, and two calls a step,
 * one with a step of a data set and one with a batch given through the API.
 */
final class Training {
  static final int LANES = 4;

  /** Tokens of a micro-batch. */
  static final int BUDGET = 256;

  /** Makes an adapter large enough for two reducers. */
  private static final int RANK = 40;

  private static final List<String> TARGETS =
      List.of(
          "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "lm_head");
  private static final int TEXTS = 400;
  private static final int TEXTS_OF_A_STEP = 64;
  private static final int LONG_EXAMPLES_OF_A_LANE = 2;

  private final SparkSession spark;
  private final LaneDataset data;

  /** Reads and tokenizes the data set, on the cluster too. */
  Training(SparkSession spark) throws IOException {
    Path directory = Files.createTempDirectory(Path.of("target"), "training").toAbsolutePath();
    Path texts = directory.resolve("texts.jsonl");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < TEXTS; i++) {
      String more = " and a red book".repeat(i % 9);
      lines.add("{\"text\": \"Anna has %d cups%s.\"}".formatted(i, more));
    }
    Files.write(texts, lines);
    this.spark = spark;
    this.data =
        LaneDataset.prepare(
            spark,
            new DataSpec(List.of(texts.toString()), DataFormat.AUTO, 512),
            "builtin:tiny",
            LANES,
            directory.toString());
  }

  /** One run, from the beginning. */
  record Spec(long seed, DType dtype, int steps) {}

  /**
   * What came out of it.
   *
   * @param losses of every call
   * @param sha256 of the adapter's bytes
   */
  record Result(Spec spec, List<Double> losses, String sha256) {}

  /**
   * Trains.
   *
   * @param lossOf asked at the beginning of each step, from 0
   */
  Result run(Spec spec, IntFunction<Loss> lossOf) {
    RunConfig config =
        RunConfig.of("builtin:tiny")
            .name("run-" + spec.seed)
            .dtype(spec.dtype)
            .lora(new LoraConfig(RANK, 2 * RANK, 0.1, TARGETS))
            .seed(spec.seed)
            .lanes(LANES)
            .transport(spec.dtype == DType.FLOAT32 ? Transport.FLOAT32 : Transport.BFLOAT16)
            .tokensPerMicrobatch(BUDGET)
            .activationCheckpointing(true)
            .build();
    BatchPlan plan = data.plan(TEXTS_OF_A_STEP, spec.seed, true);
    List<Double> losses = new ArrayList<>();
    try (SignalClient signal = SignalClient.on(spark)) {
      TrainingClient run = signal.createRun(config);
      for (int step = 0; step < spec.steps; step++) {
        Loss loss = lossOf.apply(step);
        losses.add(run.forwardBackward(data, plan, step, loss).loss());
        losses.add(run.forwardBackward(batch(spec.seed, step), loss).loss());
        run.optimStep(AdamW.of(1e-3).withWeightDecay(0.01).withGradClip(1));
      }
      return new Result(spec, losses, sha256(run.adapter()));
    }
  }

  /**
   * For each lane examples that fill a micro-batch each, and one of 1 to 7 tokens that is left for
   * the last.
   */
  static List<Example> batch(long seed, int step) {
    SplittableRandom random = new SplittableRandom(1000 * seed + step);
    List<Example> batch = new ArrayList<>();
    for (int i = 0; i < LANES * LONG_EXAMPLES_OF_A_LANE; i++) {
      batch.add(example("long-" + i, BUDGET, random));
    }
    for (int lane = 0; lane < LANES; lane++) {
      batch.add(example("short-" + lane, (step * LANES + lane) % 7 + 1, random));
    }
    return batch;
  }

  private static Example example(String id, int length, SplittableRandom random) {
    int[] text = random.ints(length + 1L, 3, 500).toArray();
    float[] weights = new float[length];
    Arrays.fill(weights, 1);
    return new Example(
        id, Arrays.copyOf(text, length), Arrays.copyOfRange(text, 1, length + 1), weights);
  }

  private static String sha256(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
    bytes.asFloatBuffer().put(values);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
