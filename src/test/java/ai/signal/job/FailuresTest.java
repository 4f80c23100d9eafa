package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.signal.data.DataException;
import ai.signal.storage.StoreProblem;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailuresTest {
  @Test
  void aFullDiskIsNamed() {
    Throwable full = catchThrowable(FailuresTest::fill);
    assertThat(full).isInstanceOf(FSError.class);
    String temporary = System.getProperty("java.io.tmpdir");
    assertThat(Failures.line(full, Optional.of("s3a://bucket/run")))
        .isEqualTo(
            "The disk of %s is full; make room or choose another directory".formatted(temporary));
    assertThat(Failures.line(full, Optional.of("/proc/run")))
        .as("the one with the least room")
        .startsWith("The disk of /proc/run is full");
    assertThat(Failures.line(new FileSystemException("/data/x", null, "No space left on device")))
        .isEqualTo(
            "Cannot use the disk: the disk of /data/x is full; make room or choose another directory");
  }

  /** Writes to a device that is always full, as jobs write to this machine's disk. */
  private static void fill() throws IOException {
    try (RawLocalFileSystem disk = new RawLocalFileSystem()) {
      disk.initialize(URI.create("file:///"), new Configuration());
      try (OutputStream device = disk.append(new org.apache.hadoop.fs.Path("/dev/full"))) {
        device.write(1);
      }
    }
  }

  @Test
  void filesThatMayNotBeUsedAreNamed() {
    assertThat(Failures.line(new FileSystemException("/ro/x", null, "Read-only file system")))
        .isEqualTo(
            "Cannot use the disk: /ro/x is on a read-only file system; choose another directory, or change its permissions");
    assertThat(Failures.line(new AccessDeniedException("/root/x")))
        .startsWith("Cannot use the disk: permission to use /root/x is denied;");
    assertThat(Failures.line(new IOException("Mkdirs failed to create file:/x/y (exists=false)")))
        .startsWith("Cannot use the disk: the directory /x/y cannot be made;");
  }

  @Test
  void memoryNamesTheSettingThatGivesMore() {
    long heap = Runtime.getRuntime().maxMemory() >> 20;
    assertThat(Failures.line(new SparkException("job", new OutOfMemoryError("Java heap space"))))
        .isEqualTo(
            "The driver's heap of %d MiB is too small; give it more, such as --driver-memory 4g"
                .formatted(heap));
    assertThat(
            Failures.line(
                new SparkException(task("10.0.0.1 executor 3", "java.lang.OutOfMemoryError: GC"))))
        .isEqualTo(
            "The heap of an executor is too small; give it more, such as --executor-memory 4g");
    assertThat(
            Failures.line(
                new SparkException(task("h executor driver", "java.lang.OutOfMemoryError: GC"))))
        .startsWith("The driver's heap");
    assertThat(
            Failures.line(
                new IllegalArgumentException(
                    "System memory 104857600 must be at least 471859200. Please increase heap size")))
        .isEqualTo(
            "Cannot start Spark: the driver's heap of 100 MiB is below the 450 MiB that Spark needs; give it more: --driver-memory 2g");
  }

  private static String task(String where, String what) {
    return "Job aborted due to stage failure: Task 0 in stage 4.0 failed 4 times, most recent failure: Lost task 0.3 in stage 4.0 (TID 12) (%s): %s\n\tat x.Y"
        .formatted(where, what);
  }

  @Test
  void ourOwnMessagesStandAloneAndOthersHaveTheirClass() {
    assertThat(Failures.line(new SparkException("Job aborted", new DataException("Cannot read x"))))
        .isEqualTo("Cannot read x");
    assertThat(Failures.line(new SparkException(task("h executor 1", "x.y.OddException: odd"))))
        .isEqualTo("OddException: odd (SparkException; --verbose shows where)");
    assertThat(Failures.line(new IllegalStateException("odd\nmore")))
        .isEqualTo("odd (IllegalStateException; --verbose shows where)");
    assertThat(Failures.line(new NullPointerException()))
        .isEqualTo("NullPointerException (--verbose shows where)");
  }

  /** What S3A 3.3 throws, shortened. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "s3a://b/x: getFileStatus on s3a://b/x: com.amazonaws.services.s3.model.AmazonS3Exception: Forbidden (Service: Amazon S3; Status Code: 403; Error Code: 403 Forbidden)"
            + " | access is denied (403 403) (s3a://b/x)",
        "s3a://b/x: com.amazonaws.AmazonServiceException: The AWS Access Key Id (Service: Amazon S3; Status Code: 403; Error Code: InvalidAccessKeyId)"
            + " | access is denied (403 InvalidAccessKeyId) (s3a://b/x)",
        "getFileStatus on s3a://b/x: org.apache.hadoop.fs.s3a.UnknownStoreException: s3a://b/ | there is no such bucket (s3a://b/x)",
        "The specified bucket does not exist (Error Code: NoSuchBucket) on s3a://b/x | there is no such bucket (s3a://b/x)",
        "doesBucketExist on b: org.apache.hadoop.fs.s3a.auth.NoAuthWithAWSException: No AWS Credentials provided by X | there are no credentials for S3",
        "Unable to execute HTTP request: Connect to minio:9000 [minio/10.0.0.1] failed: Connection refused | Connection refused by minio:9000",
        "Unable to execute HTTP request: Connect to minio:9000 failed: connect timed out | the server minio:9000 does not answer",
        "Unable to execute HTTP request: minio.example.org: Name or service not known | the host 'minio.example.org' is unknown",
        "PUT 0-byte object on x: Status Code: 301; PermanentRedirect | the bucket is in another region or at another endpoint"
      })
  void storesSayWhatToMend(String message, String cause) {
    assertThat(Failures.line(new IOException(message)))
        .startsWith("Cannot reach the store: " + cause + "; ");
    assertThat(Failures.isOfTheUser(new IOException(message))).isFalse();
  }

  @Test
  void librariesAreNamedWithTheReleaseOfHadoop() {
    Throwable missing =
        new RuntimeException(
            "java.lang.ClassNotFoundException: Class org.apache.hadoop.fs.s3a.S3AFileSystem not found");
    assertThat(Failures.line(missing))
        .contains("--packages org.apache.hadoop:hadoop-aws:3.3.4")
        .hasLineCount(1);
    assertThat(Failures.isOfTheUser(missing)).isTrue();
    Throwable azure =
        catchThrowable(() -> FileSystem.getFileSystemClass("abfss", new Configuration()));
    assertThat(StoreProblem.of(azure).orElseThrow().line())
        .contains("azurebfs", "--packages org.apache.hadoop:hadoop-azure:3.3.4");
  }
}
