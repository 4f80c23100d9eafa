package ai.signal.model;

import ai.signal.storage.LocalFiles;
import ai.signal.storage.RefusedFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The directory of one *.safetensors file: an eight-byte header length, a JSON header, then the
 * values. It is held to the rules of the reference implementation: every byte after the header
 * belongs to exactly one tensor. No weight passes through here, only where each one lies.
 */
public final class Safetensors {
  static final String WHAT = "weights";
  private static final long MAX_HEADER = 100_000_000;

  /** The mend where a file is cut short or was never filled. */
  static final String AGAIN = "; download it again";

  private final Path file;
  private final Map<String, SafetensorsEntry> entries;
  private final long valuesStart;

  private Safetensors(Path file, Map<String, SafetensorsEntry> entries, long valuesStart) {
    this.file = file;
    this.entries = entries;
    this.valuesStart = valuesStart;
  }

  /**
   * Reads and checks the header.
   *
   * @throws ModelFormatException when the file is not a valid safetensors file; the message names
   *     the file and, where there is one, the tensor
   */
  public static Safetensors open(Path file) {
    ModelFormatException.requireLocation("weights", file);
    byte[] header;
    long valuesLength;
    try (InputStream in = LocalFiles.open(file)) {
      long size = Files.size(file);
      byte[] prefix = in.readNBytes(Long.BYTES);
      if (prefix.length < Long.BYTES) {
        throw refusal("the file has " + size + " bytes, too few for a header" + AGAIN, file);
      }
      if (LfsPointer.begins(prefix)) {
        throw LfsPointer.refusal(WHAT, file);
      }
      if (isText(prefix)) {
        throw refusal(
            (prefix[0] == '<' ? "it is a web page" : "it is text")
                + ", not a safetensors file; download it again",
            file);
      }
      long length = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
      long available = size - Long.BYTES;
      if (length == 0) {
        throw refusal("it begins with zeros and has no header" + AGAIN, file);
      }
      if (length < 0 || length > MAX_HEADER || length > available) {
        throw refusal(
            "the header claims "
                + Long.toUnsignedString(length)
                + " bytes of the "
                + available
                + " that follow; at most "
                + MAX_HEADER
                + " are read"
                + AGAIN,
            file);
      }
      header = in.readNBytes((int) length);
      valuesLength = available - length;
    } catch (IOException e) {
      throw new ModelFormatException(WHAT, "the file " + RefusedFileException.reason(e), file, e);
    }
    List<SafetensorsEntry> entries = SafetensorsHeader.parse(header, file);
    requireEveryByteOnce(entries, valuesLength, file);
    Map<String, SafetensorsEntry> byName = new LinkedHashMap<>();
    entries.forEach(entry -> byName.put(entry.name(), entry));
    return new Safetensors(file, byName, Long.BYTES + (long) header.length);
  }

  public Path file() {
    return file;
  }

  /** The names of all tensors, in the order of the header. */
  public Set<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  /**
   * The place of a tensor.
   *
   * @throws ModelFormatException when there is no such tensor, or its dtype is not one of {@link
   *     DType}
   */
  public TensorRef tensor(String name) {
    SafetensorsEntry entry = entries.get(name);
    if (entry == null) {
      throw refusal("there is no tensor " + ModelFormatException.quote(name), file);
    }
    DType dtype =
        DType.ofSafetensors(entry.dtype())
            .orElseThrow(
                () ->
                    refusal(
                        "tensor "
                            + ModelFormatException.quote(name)
                            + " is of dtype "
                            + entry.dtype()
                            + "; supported are F32, F16 and BF16",
                        file));
    return new TensorRef(name, file, dtype, entry.shape(), valuesStart + entry.begin());
  }

  private static void requireEveryByteOnce(List<SafetensorsEntry> entries, long length, Path file) {
    long end = 0;
    for (SafetensorsEntry entry : entries.stream().sorted(SafetensorsEntry.BY_PLACE).toList()) {
      if (entry.begin() != end) {
        String problem =
            entry.begin() < end ? "overlaps the tensor before it" : "leaves a hole before it";
        throw refusal(entry.described() + " " + problem + ", which ends at " + end, file);
      }
      if (entry.end() > length) {
        throw refusal(
            entry.described() + " reaches beyond the " + length + " bytes of values" + AGAIN, file);
      }
      end = entry.end();
    }
    if (end != length) {
      throw refusal(
          "the tensors take " + end + " of the " + length + " bytes of values" + AGAIN, file);
    }
  }

  /**
   * Whether a file begins with eight printable characters. As a length they are more than any
   * header has, so that no valid file does.
   */
  private static boolean isText(byte[] prefix) {
    for (byte b : prefix) {
      boolean printable = b >= ' ' && b < 0x7f;
      if (!printable && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  static ModelFormatException refusal(String problem, Path file) {
    return new ModelFormatException(WHAT, problem, file);
  }
}
