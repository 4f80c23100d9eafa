package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.ChildJvm;
import ai.signal.SparkExtension;
import ai.signal.data.BatchPlan;
import ai.signal.data.DataFormat;
import ai.signal.data.DataSpec;
import ai.signal.data.LaneDataset;
import ai.signal.model.ModelSource;
import ai.signal.train.MicroBatchSizes;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The same spec gives the same adapter, byte for byte, however Spark runs it. */
@ExtendWith(SparkExtension.class)
class SameBitsTest {
  private static final int STEPS = 24;
  private static final int BUDGET = 12;

  @TempDir Path directory;

  /**
   * Several files of prompts and of texts, many of 1 to 7 tokens, so that micro-batches end in
   * short tails.
   */
  private void writeData() throws IOException {
    List<String> names = List.of("Anna", "Leo", "Nils", "Olga", "Tom", "Marta", "Rosa");
    Path data = Files.createDirectories(directory.resolve("data"));
    for (int file = 0; file < 3; file++) {
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < (file == 2 ? 63 : 20); i++) {
        String name = names.get((file + i) % names.size());
        if (file == 2) {
          lines.add("{\"text\": \"%s\"}".formatted((name + " ").repeat(i % 7 + 1).strip()));
        } else {
          String more = " today.".repeat(i % 5);
          lines.add(
              "{\"prompt\": \"%s has %d\", \"completion\": \" red cups%s\"}"
                  .formatted(name, i, more));
        }
      }
      Files.write(data.resolve("part-" + file + ".jsonl"), lines);
    }
  }

  /** builtin:tiny without a {@code <s>} before each text: one word and the end are one position. */
  private Path model() throws IOException {
    Path builtin = ModelSource.resolve("builtin:tiny");
    Path model = Files.createDirectories(directory.resolve("model"));
    try (Stream<Path> files = Files.list(builtin)) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Path tokenizer = model.resolve("tokenizer.json");
    ObjectMapper json = new ObjectMapper();
    ObjectNode content = (ObjectNode) json.readTree(tokenizer.toFile());
    json.writeValue(tokenizer.toFile(), content.putNull("post_processor"));
    return model;
  }

  private Path writeSpec() throws IOException {
    Path spec = directory.resolve("job.yaml");
    Files.writeString(
        spec,
        """
        name: same-bits
        model: {base: model, dtype: float32}
        lora: {rank: 4, alpha: 8, dropout: 0.1, targets: [q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj, lm_head]}
        output: out
        seed: 11
        cluster: {lanes: 2, threads: 1}
        stages:
          - train:
              data: {path: data}
              optimizer: {learning_rate: 1.0e-3}
              batch_size: 14
              tokens_per_microbatch: %d
              steps: %d
          - save: {mode: adapter}
        """
            .formatted(BUDGET, STEPS));
    return spec;
  }

  /** Runs the job in a JVM of its own on a given master, with input splits of a given size. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      SparkSession spark = SparkExtension.start(args[0]);
      spark.conf().set("spark.sql.files.maxPartitionBytes", args[1]);
      int status = SignalJob.execute(System.out, System.err, args[2], "output=" + args[3]);
      spark.stop();
      System.exit(status);
    }
  }

  private byte[] adapter(Path spec, String name, String master, String splitBytes)
      throws IOException {
    Path output = directory.resolve(name);
    ChildJvm.run(Child.class, master, splitBytes, spec.toString(), output.toString());
    return Files.readAllBytes(output.resolve("adapter").resolve("adapter_model.safetensors"));
  }

  @Test
  void oneAdapterOnEveryMaster(SparkSession spark) throws IOException {
    writeData();
    String model = model().toString();
    Path spec = writeSpec();
    assertThat(tails(spark, model))
        .as("tokens in the last micro-batch of a lane")
        .contains(1, 2, 3, 4, 5, 6, 7);

    byte[] once = adapter(spec, "once", "local[2]", "134217728");
    byte[] again = adapter(spec, "again", "local[2]", "134217728");
    byte[] one = adapter(spec, "one", "local[1]", "700");
    byte[] four = adapter(spec, "four", "local[4]", "300");

    assertThat(again).isEqualTo(once);
    assertThat(one).isEqualTo(once);
    assertThat(four).isEqualTo(once);
  }

  private Set<Integer> tails(SparkSession spark, String model) {
    LaneDataset data =
        LaneDataset.prepare(
            spark,
            new DataSpec(List.of(directory.resolve("data").toString()), DataFormat.AUTO, 512),
            model,
            2,
            directory.resolve("tails").toString());
    BatchPlan plan = data.plan(14, 11, true);
    Set<Integer> tails = new TreeSet<>();
    for (int step = 0; step < STEPS; step++) {
      for (int lane = 0; lane < 2; lane++) {
        tails.add(MicroBatchSizes.tail(data, lane, plan.indices(step, lane), BUDGET));
      }
    }
    return tails;
  }
}
