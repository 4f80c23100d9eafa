package ai.signal.model;

import ai.signal.storage.LocalFiles;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Comparison of two tensors of one shape. It stops at the first difference, so only equal tensors
 * are read whole.
 */
final class EqualValues {
  private static final int CHUNK_BYTES = 1 << 20;

  private EqualValues() {}

  /**
   * Whether two tensors have the same dtype and bytes. The same values in two dtypes count as
   * different: nothing is lost by keeping both.
   *
   * @throws ModelFormatException when a file cannot be read
   */
  static boolean of(TensorRef one, TensorRef other) {
    if (one.dtype() != other.dtype()) {
      return false;
    }
    try (InputStream first = values(one);
        InputStream second = values(other)) {
      for (long left = one.bytes(); left > 0; left -= CHUNK_BYTES) {
        int length = (int) Math.min(CHUNK_BYTES, left);
        if (!Arrays.equals(first.readNBytes(length), second.readNBytes(length))) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new ModelFormatException(
          Safetensors.WHAT, "the file cannot be read: " + e, one.file(), e);
    }
  }

  private static InputStream values(TensorRef tensor) throws IOException {
    InputStream in = LocalFiles.open(tensor.file());
    try {
      in.skipNBytes(tensor.offset());
      return in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
