package ai.signal.storage;

import java.io.IOException;

/** A name that Signal has to write is taken by a file that it cannot prove to have written. */
public final class ForeignFileException extends IOException {
  private static final long serialVersionUID = 1L;

  ForeignFileException(String path) {
    super(
        "Cannot write %s: a file is there that Signal did not write, or that was changed since; move it away or choose another place"
            .formatted(path));
  }
}
