package ai.signal.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** Changes to safetensors files of tests. */
public final class SafetensorsCopy {
  private SafetensorsCopy() {}

  /** Gives every tensor another name. */
  public static void rename(Path file, UnaryOperator<String> names) {
    try {
      byte[] content = Files.readAllBytes(file);
      ObjectNode renamed = new ObjectMapper().createObjectNode();
      header(content)
          .fields()
          .forEachRemaining(
              entry ->
                  renamed.set(
                      entry.getKey().equals("__metadata__")
                          ? entry.getKey()
                          : names.apply(entry.getKey()),
                      entry.getValue()));
      byte[] values = Arrays.copyOfRange(content, start(content), content.length);
      byte[] header = renamed.toString().getBytes(StandardCharsets.UTF_8);
      ByteBuffer out = ByteBuffer.allocate(Long.BYTES + header.length + values.length);
      out.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).put(values);
      Files.write(file, out.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Flips the lowest bit of one byte of a tensor's values. */
  public static void change(Path file, String tensor, int at) {
    try {
      byte[] content = Files.readAllBytes(file);
      int begin = header(content).path(tensor).path("data_offsets").path(0).asInt();
      content[start(content) + begin + at] ^= 1;
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode header(byte[] content) throws IOException {
    return (ObjectNode)
        new ObjectMapper().readTree(content, Long.BYTES, start(content) - Long.BYTES);
  }

  private static int start(byte[] content) {
    return Long.BYTES + (int) ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }
}
