package ai.signal.model.tokenizer;

import ai.djl.Device;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.signal.storage.LocalFiles;
import ai.signal.storage.ReadLimit;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Runs {@link TokenizerTrial} in a JVM of its own. */
final class TrialProcess {
  /** Starting a JVM and unpacking the native library. */
  private static final long START_SECONDS = 90;

  /** What the child gets of the environment, which may hold credentials. */
  private static final Set<String> ENVIRONMENT =
      Set.of("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "DJL_CACHE_DIR");

  private static final List<String> PROPERTIES =
      List.of("ai.djl.offline", "OPT_OUT_TRACKING", "DJL_CACHE_DIR", "ENGINE_CACHE_DIR");

  private TrialProcess() {}

  /**
   * The end of a trial.
   *
   * @param exit of the process
   * @param output of the process, standard error included
   */
  record End(int exit, String output) {
    boolean isReady() {
      return output.contains(TokenizerTrial.READY);
    }
  }

  /**
   * Tries the tokenizer in a directory, which the process has as its own.
   *
   * @throws IOException where no process can be started
   */
  static End run(Path directory, long seconds, long mebibytes) throws IOException {
    Path output = directory.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx768m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + directory.resolve("hs_err.log"));
    for (String property : PROPERTIES) {
      if (System.getProperty(property) != null) {
        builder.command().add("-D" + property + "=" + System.getProperty(property));
      }
    }
    builder
        .command()
        .addAll(
            List.of(
                "-cp",
                classPath(),
                TokenizerTrial.class.getName(),
                directory.toString(),
                Long.toString(seconds),
                Long.toString(mebibytes)));
    builder.environment().keySet().retainAll(ENVIRONMENT);
    Process process =
        builder
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int exit = waitFor(process, START_SECONDS + seconds);
    byte[] written = LocalFiles.bytes(output, ReadLimit.PROCESS);
    return new End(exit, new String(written, StandardCharsets.UTF_8));
  }

  private static int waitFor(Process process, long seconds) throws IOException {
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        return TokenizerTrial.EXIT_TIME;
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a tokenizer was tried", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Where the classes of the trial lie: jars or directories of this class loader. */
  private static String classPath() throws IOException {
    Set<String> entries = new LinkedHashSet<>();
    for (Class<?> type :
        List.of(
            TokenizerTrial.class,
            HuggingFaceTokenizer.class,
            Device.class,
            com.google.gson.Gson.class,
            org.slf4j.LoggerFactory.class)) {
      entries.add(location(type).toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  private static Path location(Class<?> type) throws IOException {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    try {
      URI uri = source == null ? URI.create("none:") : source.getLocation().toURI();
      if ("file".equals(uri.getScheme())) {
        return Path.of(uri);
      }
      throw new IOException(type.getName() + " does not lie in a file, but at " + uri);
    } catch (URISyntaxException e) {
      throw new IOException(type.getName() + " lies at an address that is not valid", e);
    }
  }
}
