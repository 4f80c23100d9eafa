package ai.signal.job;

import ai.signal.spec.RecordBinder;
import ai.signal.spec.Secrets;
import ai.signal.spec.SpecException;
import ai.signal.storage.LocalFiles;
import ai.signal.storage.RefusedFileException;
import ai.signal.storage.UriCredentials;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads a job spec: YAML, then overrides, then records; the first thing wrong is one line. */
final class SpecReader {
  private SpecReader() {}

  /**
   * Reads a spec.
   *
   * <p>Relative paths in the file start at the file's directory. Those in overrides and in a spec
   * that comes through a pipe start at the current directory, and so does any relative {@code
   * output}.
   *
   * @throws SpecException with file, key, value and what is allowed
   */
  static JobSpec read(Path file, List<String> overrides) {
    JsonNode tree = SpecYaml.read(text(file), "job spec " + file);
    if (!(tree instanceof ObjectNode job)) {
      throw new SpecException("Cannot read job spec %s: it has no keys".formatted(file));
    }
    try {
      Secrets.refuse(job, "");
      String written = SpecPaths.base(job);
      SpecPaths.resolve(job, directory(file));
      String resolved = SpecPaths.base(job);
      overrides.forEach(override -> Overrides.apply(job, override));
      Secrets.refuse(job, "");
      String typed = SpecPaths.base(job);
      SpecPaths.resolve(job, Path.of("").toAbsolutePath());
      SpecPaths.refuseHubName(typed.equals(resolved) ? written : typed, job);
      return new RecordBinder(SpecHints.OF_JOBS).bind(JobSpec.class, job, "");
    } catch (SpecException.Value e) {
      throw new SpecException("Invalid job spec %s: %s".formatted(file, e.getMessage()));
    }
  }

  private static Path directory(Path file) {
    return LocalFiles.isDescriptor(file)
        ? Path.of("").toAbsolutePath()
        : file.toAbsolutePath().normalize().getParent();
  }

  /** Whether a text is the spec of a job. */
  static boolean isJob(String yaml) {
    try {
      new RecordBinder(SpecHints.OF_JOBS)
          .bind(JobSpec.class, SpecYaml.read(yaml, OutputDirectory.SPEC), "");
      return true;
    } catch (SpecException | SpecException.Value e) {
      return false;
    }
  }

  /** The file's text, or so much of it that {@link SpecYaml} refuses it. */
  private static String text(Path file) {
    String shown = UriCredentials.redacted(file.toString().replaceFirst(":/(?!/)", "://"));
    try (InputStream in = LocalFiles.openPiped(file)) {
      byte[] bytes = in.readNBytes(SpecYaml.MAX_BYTES + 1);
      if (bytes.length > SpecYaml.MAX_BYTES) {
        throw new SpecException(
            "Cannot read job spec %s: it has more than %,d bytes, which is all that is allowed"
                .formatted(shown, SpecYaml.MAX_BYTES));
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new SpecException("Cannot read job spec %s: it is not UTF-8 text".formatted(shown));
    } catch (RefusedFileException e) {
      throw new SpecException(
          "Cannot read job spec %s: it %s, allowed: a YAML file"
              .formatted(shown, RefusedFileException.reason(e)));
    } catch (IOException e) {
      throw new SpecException("Cannot read job spec %s: no such readable file".formatted(shown));
    }
  }

  /**
   * How the job of a job.yaml differs, wherever its output is; empty: it is the same.
   *
   * @param jobYaml that a job wrote
   */
  static Optional<String> difference(String jobYaml, JobSpec spec) {
    return difference(jobYaml, spec, Integer.MAX_VALUE - 1);
  }

  /**
   * The same up to a stage: later ones may differ.
   *
   * @param stage index of the last one that counts; -1 for none
   */
  static Optional<String> difference(String jobYaml, JobSpec spec, int stage) {
    try {
      JsonNode tree = SpecYaml.read(jobYaml, OutputDirectory.SPEC);
      JobSpec written = new RecordBinder(SpecHints.OF_JOBS).bind(JobSpec.class, tree, "");
      return SpecDifference.between(SpecDigest.tree(written, stage), SpecDigest.tree(spec, stage));
    } catch (SpecException | SpecException.Value e) {
      return Optional.of("its job.yaml is of a version with other keys");
    }
  }
}
