package ai.signal.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes the smallest archive that {@code torch::jit::load} accepts: one class as source text and
 * its attributes as a pickle (protocol 2). Attributes are integers, floats, booleans, strings and
 * lists of strings; a list of another type starts empty.
 */
final class TorchScriptArchive {
  private static final String ROOT = "archive/";
  private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};

  private TorchScriptArchive() {}

  static void write(Path file, String className, String source, Map<String, ?> attributes) {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      entry(zip, "data.pkl", pickle(className, attributes));
      entry(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      entry(zip, "constants.pkl", EMPTY_TUPLE);
      entry(zip, "version", "3\n".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write program: " + file, e);
    }
  }

  /** libtorch maps entries in place, so they are stored as they are. */
  private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(ROOT + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /**
   * The module object: its class, made without arguments, and a dict of attributes as its state.
   */
  private static byte[] pickle(String className, Map<String, ?> attributes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(EMPTY_TUPLE, 0, 2); // PROTO 2
    ascii(out, "c__torch__\n" + className + "\n)"); // GLOBAL, EMPTY_TUPLE
    out.write(0x81); // NEWOBJ
    ascii(out, "}("); // EMPTY_DICT, MARK
    attributes.forEach(
        (name, value) -> {
          value(out, name);
          value(out, value);
        });
    ascii(out, "ub."); // SETITEMS, BUILD, STOP
    return out.toByteArray();
  }

  private static void value(ByteArrayOutputStream out, Object value) {
    if (value instanceof Boolean flag) {
      out.write(flag ? 0x88 : 0x89);
    } else if (value instanceof Integer number) {
      out.write('J');
      out.writeBytes(little(4).putInt(number).array());
    } else if (value instanceof Double number) {
      out.write('G');
      out.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
    } else if (value instanceof String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      out.write('X');
      out.writeBytes(little(4).putInt(utf8.length).array());
      out.writeBytes(utf8);
    } else if (value instanceof List<?> items) {
      ascii(out, "](");
      items.forEach(item -> value(out, item));
      out.write('e');
    } else {
      throw new IllegalArgumentException("Cannot pickle attribute: " + value);
    }
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void ascii(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }
}
