package ai.signal.model.tokenizer;

import ai.djl.engine.Engine;
import ai.signal.model.HostCache;
import ai.signal.model.ModelFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries tokenizers that this host has not seen before in a process of their own, in addition to
 * validation: a tokenizer that aborts or hangs does so there. Those that passed are remembered by
 * their content in the host's cache.
 */
public final class TokenizerTrials {
  private static final Logger LOG = LoggerFactory.getLogger(TokenizerTrials.class);
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  static final long SECONDS = 20;
  private static final long MEBIBYTES = 2048;

  private TokenizerTrials() {}

  /**
   * Tries a tokenizer, unless one with the same content has passed on this host before. Where no
   * process can be started, a warning is logged once.
   *
   * @param texts to encode in addition to fixed ones
   * @throws ModelFormatException when the tokenizer fails
   */
  public static void run(TokenizerFile file, Supplier<List<String>> texts) {
    try {
      Path cache = HostCache.directory(HostCache.root(), "tokenizers");
      Path passed = cache.resolve(key(file.sha256()));
      if (!Files.exists(passed)) {
        attempt(file.path(), file.json(), texts.get(), cache);
        remember(passed);
      }
    } catch (IOException e) {
      warn(e.getMessage());
    }
  }

  /** Tries a tokenizer in a process, whatever it did before. */
  static void attempt(Path shown, String json, List<String> texts, Path cache) throws IOException {
    Path directory = Files.createTempDirectory(cache, "trial-");
    try {
      Files.writeString(directory.resolve(TokenizerTrial.TOKENIZER), json);
      if (!texts.isEmpty()) {
        byte[] joined = TokenizerTrial.join(texts).getBytes(StandardCharsets.UTF_8);
        Files.write(directory.resolve(TokenizerTrial.TEXTS), joined);
      }
      long seconds = SECONDS + json.length() / 1_000_000; // the largest files take seconds to load
      TrialProcess.End end = TrialProcess.run(directory, seconds, MEBIBYTES);
      if (!end.isReady()) {
        throw new IOException("the process ended with exit code " + end.exit());
      }
      if (end.exit() != 0) {
        throw new ModelFormatException(
            "tokenizer", "tokenizer.json " + problem(end, seconds), shown);
      }
    } finally {
      delete(directory);
    }
  }

  private static String problem(TrialProcess.End end, long seconds) {
    return switch (end.exit()) {
      case TokenizerTrial.EXIT_TIME -> "took more than " + seconds + " s in a trial on short texts";
      case TokenizerTrial.EXIT_MEMORY ->
          "took more than " + MEBIBYTES + " MiB in a trial on short texts";
      case TokenizerTrial.EXIT_FAILED ->
          "failed in a trial: "
              + end.output()
                  .lines()
                  .filter(line -> line.startsWith(TokenizerTrial.FAILED))
                  .map(line -> line.substring(TokenizerTrial.FAILED.length()))
                  .findFirst()
                  .orElse("no reason given");
      default -> "aborted the process that tried it (exit code " + end.exit() + ")";
    };
  }

  /** The name of the file whose existence says that the content passed. */
  private static String key(String sha256) {
    return "%s-%d-%s".formatted(sha256, TokenizerTrial.VERSION, Engine.getDjlVersion());
  }

  private static void remember(Path passed) throws IOException {
    try {
      Files.createFile(passed);
    } catch (FileAlreadyExistsException e) {
      // another process on this host tried the same tokenizer
    }
  }

  private static void warn(String reason) {
    if (WARNED.compareAndSet(false, true)) {
      LOG.warn("Cannot try tokenizers in a process of their own: {}; they are validated", reason);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }
}
