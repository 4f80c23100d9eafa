package ai.signal.model;

import ai.signal.S3Server;
import ai.signal.checkpoint.CheckpointStore;
import ai.signal.checkpoint.CheckpointWriter;
import ai.signal.checkpoint.Expected;
import ai.signal.checkpoint.Floats;
import ai.signal.checkpoint.Latest;
import ai.signal.checkpoint.RunIdentity;
import ai.signal.checkpoint.SavePolicy;
import ai.signal.checkpoint.Snapshot;
import ai.signal.checkpoint.StoredFile;
import ai.signal.storage.Content;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;

/**
 * Times to save and load adapters of 1, 40 and 160 million parameters with both moments of AdamW,
 * on the local disk and on an S3 server on this host, whose own work is part of the times.
 */
final class CheckpointBenchmark {
  private static final int[] MILLIONS = {1, 40, 160};
  private static final String[] BLOCKS = {"adapter.bin", "first_moment.bin", "second_moment.bin"};
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private CheckpointBenchmark() {}

  /** Prints a table. */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory("checkpoint-benchmark");
    System.out.println(
        "| store | parameters | MB | copy, s | save, s | CPU of save, s | load and prove, s |");
    System.out.println("|---|---|---|---|---|---|---|");
    String local = directory.resolve("run").toUri().toString();
    measure("local disk", local, new Configuration());
    Path objects = Files.createDirectory(directory.resolve("objects"));
    try (S3Server server = S3Server.start(objects)) {
      measure("S3", "s3a://" + server.bucket() + "/run", server.conf());
    }
    System.exit(0); // Hadoop's threads stay
  }

  private static void measure(String name, String output, Configuration conf) throws IOException {
    RunIdentity run = new RunIdentity("benchmark", "benchmark", "none", "none", Map.of());
    for (int millions : MILLIONS) {
      float[] values = new float[millions * 1_000_000];
      Random random = new Random(7);
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextFloat();
      }
      try (CheckpointStore store = CheckpointStore.open(output, conf)) {
        double[] seconds = new double[4];
        long begin = System.nanoTime();
        float[] copy = values.clone();
        seconds[0] = BLOCKS.length * since(begin); // what a run waits for: one clone of each block
        Map<String, Content> files = new LinkedHashMap<>();
        for (String block : BLOCKS) {
          files.put(block, Floats.of(copy));
        }
        try (CheckpointWriter writer = CheckpointWriter.open(store, run, SavePolicy.DEFAULT)) {
          begin = System.nanoTime();
          long cpu = SYSTEM.getProcessCpuTime();
          writer.save(new Snapshot(millions, JsonNodeFactory.instance.objectNode(), files));
          writer.await();
          seconds[1] = since(begin);
          seconds[2] = (SYSTEM.getProcessCpuTime() - cpu) / 1e9;
        }
        begin = System.nanoTime();
        Latest<Long> latest =
            store.latest(
                Expected.of(run),
                checkpoint -> {
                  for (StoredFile file : checkpoint.manifest().files()) {
                    checkpoint.read(
                        file.name(),
                        in -> {
                          Floats.read(in, values);
                          return values;
                        });
                  }
                  return checkpoint.manifest().bytes();
                });
        seconds[3] = since(begin);
        System.out.println(
            String.format(
                Locale.ROOT,
                "| %s | %d M | %d | %.2f | %.1f | %.1f | %.1f |",
                name,
                millions,
                latest.found().orElseThrow().value() / 1_000_000,
                seconds[0],
                seconds[1],
                seconds[2],
                seconds[3]));
        store.delete(millions);
      }
    }
  }

  private static double since(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
