package ai.signal.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Mutates safetensors files: the length of the header, the header as JSON, and the bytes. */
final class Header {
  private static final List<String> VALUES =
      List.of(
          "\"F32\"",
          "\"BF16\"",
          "\"F16\"",
          "\"F64\"",
          "\"I64\"",
          "\"BOOL\"",
          "\"F4\"",
          "\"F8_E4M3\"",
          "\"U4\"",
          "[0,0]",
          "[-1,-1]",
          "[0,9223372036854775807]",
          "[4611686018427387904,4611686018427387904]",
          "[4294967296,4294967296]",
          "[65536,65536,65536,65536]",
          "[]",
          "[0]",
          "[1,1,1,1]",
          "[32,64]",
          "[64,32]",
          "[" + "1,".repeat(100) + "1]",
          "{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}",
          "{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");

  private Header() {}

  static byte[] mutate(byte[] file, SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> Mutations.bytes(file, random);
      case 1 -> Arrays.copyOf(file, random.nextInt(file.length + 1000));
      case 2 -> {
        byte[] copy = file.clone();
        long length = random.nextLong() >>> random.nextInt(64);
        ByteBuffer.wrap(copy)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(random.nextBoolean() ? length : -length);
        yield copy;
      }
      case 3 -> values(file, random);
      default -> {
        JsonNode header = JsonMutator.parse(text(file));
        yield with(JsonMutator.bytes(header, VALUES, random), file, length(file));
      }
    };
  }

  /** Values that are not numbers, and infinite ones. */
  private static byte[] values(byte[] file, SplittableRandom random) {
    byte[] copy = file.clone();
    int start = Long.BYTES + length(file);
    for (int i = 1 + random.nextInt(3); i > 0 && start < copy.length; i--) {
      int at = start + random.nextInt(copy.length - start);
      Arrays.fill(
          copy, at, Math.min(copy.length, at + 8), (byte) (random.nextBoolean() ? -1 : 127));
    }
    return copy;
  }

  private static String text(byte[] file) {
    return new String(file, Long.BYTES, length(file), StandardCharsets.UTF_8);
  }

  private static int length(byte[] file) {
    return (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private static byte[] with(byte[] header, byte[] file, int length) {
    int values = file.length - Long.BYTES - length;
    return ByteBuffer.allocate(Long.BYTES + header.length + values)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .put(file, Long.BYTES + length, values)
        .array();
  }
}
