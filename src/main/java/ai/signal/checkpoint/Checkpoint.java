package ai.signal.checkpoint;

import ai.signal.storage.RefusedFileException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** A committed checkpoint: its manifest is valid, and each file is proved as it is read. */
public final class Checkpoint {
  private final StoreFiles files;
  private final Layout layout;
  private final Manifest manifest;

  Checkpoint(StoreFiles files, Layout layout, Manifest manifest) {
    this.files = files;
    this.layout = layout;
    this.manifest = manifest;
  }

  /** What it is of, and what it has. */
  public Manifest manifest() {
    return manifest;
  }

  /**
   * Reads a file once, and proves it.
   *
   * @return what the reader made of it, after all bytes have proved right
   * @throws RefusedCheckpointException if the file is missing, of another size or damaged
   * @throws IOException if the store fails, or the reader on content that is right
   */
  public <T> T read(String name, Reader<T> reader) throws IOException {
    StoredFile file =
        manifest
            .file(name)
            .orElseThrow(
                () ->
                    refusal(
                        "there is no file '%s' in it, but %s"
                            .formatted(
                                name, manifest.files().stream().map(StoredFile::name).toList())));
    Path path = layout.file(manifest.step(), manifest.attempt(), name);
    try (InputStream in = open(path, name)) {
      VerifiedInput verified = new VerifiedInput(in, file);
      T result;
      try {
        result = reader.read(verified);
      } catch (IOException | RuntimeException e) {
        requireGood(verified, e); // damage explains it better
        throw e;
      }
      verified.problem().ifPresent(this::refuse);
      return result;
    }
  }

  /**
   * Reads all files to their end.
   *
   * @throws RefusedCheckpointException at the first that is not right
   */
  public void verify() throws IOException {
    for (StoredFile file : manifest.files()) {
      read(file.name(), in -> null);
    }
  }

  private InputStream open(Path path, String name) throws IOException {
    try {
      return files.open(path);
    } catch (FileNotFoundException e) {
      RefusedCheckpointException refusal = refusal(name + " is missing");
      refusal.initCause(e);
      throw refusal;
    } catch (RefusedFileException e) {
      RefusedCheckpointException refusal = refusal(name + " " + RefusedFileException.reason(e));
      refusal.initCause(e);
      throw refusal;
    }
  }

  private void requireGood(VerifiedInput verified, Exception failure) {
    Optional<String> problem;
    try {
      problem = verified.problem();
    } catch (IOException e) {
      failure.addSuppressed(e);
      return;
    }
    problem.ifPresent(
        text -> {
          RefusedCheckpointException refusal = refusal(text);
          refusal.initCause(failure);
          throw refusal;
        });
  }

  private void refuse(String problem) {
    throw refusal(problem);
  }

  /**
   * For loaders to throw: what has proved right may still not be what is needed.
   *
   * @param problem what is wrong, with the value
   */
  public RefusedCheckpointException refusal(String problem) {
    return new RefusedCheckpointException(
        manifest.step(), problem, layout.attempt(manifest.step(), manifest.attempt()));
  }
}
