package ai.signal.model;

import ai.signal.storage.LocalFiles;
import ai.signal.storage.Location;
import ai.signal.storage.StorageFiles;
import ai.signal.storage.StoreProblem;
import ai.signal.storage.StoreRetries;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model on a Hadoop file system, copied once per host so that its weights can be mapped and their
 * pages shared by the executors there. A copy appears whole, by an atomic rename, and is never
 * changed; a model that changes at its source gets a copy of its own.
 */
final class RemoteModel {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteModel.class);

  private RemoteModel() {}

  /**
   * The directory of the copy.
   *
   * @param base URI of a model directory
   * @param cache the host's directory for copies
   * @throws ModelFormatException when there is no such directory, no file system for it, or no
   *     access
   */
  static synchronized Path copy(String base, Configuration conf, Path cache) {
    org.apache.hadoop.fs.Path source;
    try {
      source = Location.of("Cannot load model", base).path(conf);
    } catch (IllegalArgumentException e) {
      throw ModelSource.refusal(e.getMessage(), base);
    }
    try (FileSystem files = StorageFiles.open(source.toUri(), StoreRetries.bounded(conf))) {
      List<FileStatus> wanted = list(files, source);
      if (wanted.isEmpty()) {
        throw ModelSource.refusal("there is no model in that directory", base);
      }
      Path models = HostCache.directory(cache, "models");
      Path copy = models.resolve("copy-" + identity(base, wanted));
      // One JVM of this host copies; the others wait, and find the copy.
      try (FileChannel lock = LocalFiles.toLock(models.resolve(copy.getFileName() + ".lock"))) {
        lock.lock(); // until it is closed
        if (!Files.isDirectory(copy)) {
          copy(files, wanted, copy, base);
        }
      }
      return copy;
    } catch (ModelFormatException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // Hadoop's, where a class is missing
      throw new ModelFormatException("model", problem(e), base, e);
    }
  }

  private static List<FileStatus> list(FileSystem files, org.apache.hadoop.fs.Path source)
      throws IOException {
    List<FileStatus> wanted = new ArrayList<>();
    for (FileStatus file : files.listStatus(source)) {
      String name = file.getPath().getName();
      if (file.isFile() && isOfModel(name)) {
        wanted.add(file);
      }
    }
    wanted.sort(Comparator.comparing(file -> file.getPath().getName()));
    return wanted;
  }

  private static boolean isOfModel(String name) {
    return name.equals("config.json")
        || name.equals("model.safetensors.index.json")
        || name.endsWith(".safetensors")
        || ModelDirectory.isCompanion(name);
  }

  private static void copy(FileSystem files, List<FileStatus> wanted, Path copy, String base)
      throws IOException {
    double mebibytes = wanted.stream().mapToLong(FileStatus::getLen).sum() / (double) (1 << 20);
    LOG.info("Copying model {} to this host: {} MiB", base, Math.round(mebibytes));
    Path partial = Files.createTempDirectory(copy.getParent(), copy.getFileName() + ".part");
    try {
      for (FileStatus file : wanted) {
        Path target = partial.resolve(file.getPath().getName());
        try (InputStream in = StorageFiles.input(files, file.getPath())) {
          long copied = Files.copy(in, target);
          if (copied != file.getLen()) {
            throw new IOException(
                "%s has %d bytes where its listing says %d"
                    .formatted(file.getPath(), copied, file.getLen()));
          }
        }
      }
      Files.move(partial, copy, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(partial);
    }
  }

  private static void delete(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      try (Stream<Path> left = Files.list(directory)) {
        for (Path file : (Iterable<Path>) left::iterator) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }

  /** Of everything that tells two states of a model apart without reading it. */
  private static String identity(String base, List<FileStatus> files) {
    StringBuilder text = new StringBuilder(base);
    for (FileStatus file : files) {
      text.append('\n').append(file.getPath().getName()).append(' ').append(file.getLen());
      String etag = file instanceof EtagSource source ? source.getEtag() : null;
      text.append(' ').append(etag == null ? file.getModificationTime() : etag);
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String problem(Exception e) {
    if (e instanceof FileNotFoundException && StoreProblem.of(e).isEmpty()) {
      return "there is no such directory";
    }
    return StoreProblem.of(e)
        .map(StoreProblem::line)
        .orElseGet(() -> String.valueOf(e.getMessage()));
  }
}
