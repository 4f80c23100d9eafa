package ai.signal.model;

import ai.signal.storage.LocalFiles;
import ai.signal.storage.ReadLimit;
import ai.signal.storage.RefusedFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Tells base models apart without reading all of their weights. */
public final class ModelIdentity {
  private static final int PAGE = 4096;
  private static final int PAGES = 256; // of each file, evenly spread, its first and last included

  private ModelIdentity() {}

  /**
   * SHA-256 of config.json and, of each file of weights, its name, its size and {@value #PAGES}
   * pages: another model has another, and other weights of the same most likely too.
   */
  public static String of(Path model) {
    ModelFormatException.requireLocation("model", model);
    try (Stream<Path> files = Files.list(model)) {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(LocalFiles.bytes(model.resolve("config.json"), ReadLimit.SETTINGS));
      List<Path> weights =
          files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
      for (Path file : weights) {
        add(sha256, file);
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    } catch (RefusedFileException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read model: " + model, e);
    }
  }

  private static void add(MessageDigest sha256, Path file) throws IOException {
    sha256.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
    try (FileChannel channel = LocalFiles.channel(file)) {
      long size = channel.size();
      sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(size).flip());
      long last = Math.max(0, size - PAGE);
      for (int page = 0; page < PAGES; page++) {
        ByteBuffer bytes = ByteBuffer.allocate(PAGE);
        long at = last / (PAGES - 1) * page + last % (PAGES - 1) * page / (PAGES - 1);
        while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) >= 0) {
          // a network file system may give less than was asked for
        }
        sha256.update(bytes.flip());
      }
    }
  }
}
