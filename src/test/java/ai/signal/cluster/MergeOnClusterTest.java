package ai.signal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.S3Extension;
import ai.signal.S3Server;
import ai.signal.SparkExtension;
import ai.signal.client.MergeJob;
import ai.signal.client.MergeOptions;
import ai.signal.client.SavedState;
import ai.signal.data.JobDescription;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.LoraConfig;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelIdentity;
import ai.signal.model.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A merged model has the same bytes whoever writes it, and whoever dies while writing it. */
@ExtendWith({SparkExtension.class, S3Extension.class})
class MergeOnClusterTest {
  private static final String BASE = "builtin:tiny";
  private static final LoraConfig LORA =
      new LoraConfig(4, 8, 0, List.of("all-linear")).withDora(true);
  private static final MergeOptions OPTIONS = MergeOptions.DEFAULT.withMaxShardSize("1MB");

  @TempDir Path folder;

  /** Where a cluster writes, and where it remembers its faults. */
  record Place(String merged, String faults) {}

  /**
   * What came of it.
   *
   * @param files SHA-256 of each
   * @param executors that wrote files
   * @param failures tasks that failed
   */
  record Written(Map<String, String> files, int executors, int failures, Set<String> jobs) {}

  /** An application whose executors are processes. */
  static final class Cluster {
    private Cluster() {}

    public static void main(String[] args) throws IOException {
      Place place = Application.question(args, Place.class);
      Map<String, String> conf = Scenario.conf(false);
      conf.put("spark.hadoop.fs.file.impl", FaultyLocalFileSystem.class.getName());
      conf.put("spark.hadoop." + FaultyLocalFileSystem.MEMORY, place.faults);
      Application.answer(
          () -> merge(SparkExtension.start("local-cluster[2,1,1024]", conf), place.merged));
    }
  }

  @Test
  void sameBytesWhoeverWritesThem(SparkSession spark) throws Exception {
    Written alone = merge(spark, folder.resolve("alone").toString());
    assertThat(alone.files.keySet())
        .contains("model-00001-of-00004.safetensors", "config.json", "tokenizer.json")
        .noneMatch(name -> name.startsWith("."));
    assertThat(alone.failures).isZero();

    Path faults = Files.createDirectory(folder.resolve("faults"));
    Place place = new Place(folder.resolve("merged").toString(), faults.toString());
    Written written = Application.run(Cluster.class, place, Written.class);
    assertThat(faults).isDirectoryContaining("glob:**dies").isDirectoryContaining("glob:**fails");
    assertThat(written.failures).isGreaterThanOrEqualTo(2);
    assertThat(written.executors).isGreaterThanOrEqualTo(2);
    assertThat(written.files).isEqualTo(alone.files);
    assertThat(written.jobs).contains("demo · save_state merged");
  }

  /** Objects, which appear when they are closed; from there it is read as a base model. */
  @Test
  void onS3(SparkSession spark, S3Server server) throws Exception {
    merge(spark, folder.resolve("local").toString());
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    S3Server.settings(server.port()).forEach(conf::set);
    String path = "s3a://" + server.bucket() + "/models/merged";
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    SavedState saved = new MergeJob(context, "demo", BASE, LORA, OPTIONS).save(values(), path);

    assertThat(saved.path()).isEqualTo(path);
    Path copy = ModelSource.resolve(path);
    assertThat(copy.toFile().list()).containsExactlyInAnyOrderElementsOf(saved.files());
    assertThat(ModelIdentity.of(copy)).isEqualTo(ModelIdentity.of(folder.resolve("local")));
  }

  private static Written merge(SparkSession spark, String path) throws Exception {
    Set<String> executors = new HashSet<>();
    Set<String> jobs = new HashSet<>();
    AtomicInteger failures = new AtomicInteger();
    SparkListener listener =
        new SparkListener() {
          @Override
          public synchronized void onJobStart(SparkListenerJobStart job) {
            jobs.add(JobDescription.of(job.properties()));
          }

          @Override
          public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
            executors.add(task.taskInfo().executorId());
            if (task.taskInfo().failed() || task.taskInfo().killed()) {
              failures.incrementAndGet();
            }
          }
        };
    spark.sparkContext().addSparkListener(listener);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    SavedState saved = new MergeJob(context, "demo", BASE, LORA, OPTIONS).save(values(), path);
    spark.sparkContext().listenerBus().waitUntilEmpty();
    spark.sparkContext().removeSparkListener(listener);
    Map<String, String> files = new TreeMap<>();
    for (String name : Path.of(path).toFile().list()) {
      files.put(name, sha256(Path.of(path, name)));
    }
    assertThat(saved.files()).containsExactlyInAnyOrderElementsOf(files.keySet());
    return new Written(files, executors.size(), failures.get(), jobs);
  }

  private static float[] values() {
    ModelDirectory model = ModelDirectory.open(ModelSource.resolve(BASE));
    float[] values = new float[AdapterLayout.of(model.config(), LORA).size()];
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-0.1, 0.1);
    }
    return values;
  }

  private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }
}
