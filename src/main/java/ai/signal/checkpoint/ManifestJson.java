package ai.signal.checkpoint;

import ai.signal.storage.ReadLimit;
import ai.signal.storage.Sha256;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A manifest as text. Its last key is the SHA-256 of all bytes before that key, so that a manifest
 * proves itself as it proves the files.
 */
final class ManifestJson {
  /** Facts are small; more is no manifest. */
  static final int MAX_BYTES = ReadLimit.MANIFEST.bytes();

  private static final String SEAL = ",\n  \"sha256\" : \"";
  private static final String END = "\"\n}\n";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private static final DefaultPrettyPrinter LINES =
      new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));

  private ManifestJson() {}

  /** The bytes of {@code manifest.json}. */
  static byte[] write(Manifest manifest) {
    try {
      String text = JSON.writer(LINES).writeValueAsString(manifest);
      String body = text.substring(0, text.lastIndexOf("\n}"));
      return (body + SEAL + Sha256.of(body.getBytes(StandardCharsets.UTF_8)) + END)
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Facts cannot be written: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * Reads and checks a manifest.
   *
   * @param step of the directory that has it
   * @throws RefusedCheckpointException if it is none, or of the future
   */
  static Manifest read(byte[] bytes, long step, Object where) {
    try {
      JsonNode root = JSON.readTree(bytes);
      if (!(root instanceof ObjectNode object)) {
        throw refusal(step, "is not whole: it is not a JSON object", where);
      }
      int version = object.path("format_version").asInt();
      if (version > Manifest.FORMAT_VERSION) {
        String problem = "is of format %d; this release reads formats up to %d";
        throw refusal(step, problem.formatted(version, Manifest.FORMAT_VERSION), where);
      }
      if (version != Manifest.FORMAT_VERSION || !isSealed(bytes)) {
        throw refusal(step, "is damaged: its own SHA-256 does not match", where);
      }
      object.remove("sha256");
      Manifest manifest = JSON.treeToValue(object, Manifest.class);
      if (manifest.step() != step) {
        throw refusal(step, "is of step %d".formatted(manifest.step()), where);
      }
      return manifest;
    } catch (IOException e) { // of bytes in memory: they are not JSON
      String problem =
          e.getCause() instanceof IllegalArgumentException invalid
              ? "is invalid: " + invalid.getMessage()
              : "is not whole: " + message(e);
      throw refusal(step, problem, where);
    }
  }

  private static boolean isSealed(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.lastIndexOf(SEAL);
    return end > 0
        && text.substring(end)
            .equals(
                SEAL + Sha256.of(text.substring(0, end).getBytes(StandardCharsets.UTF_8)) + END);
  }

  private static String message(IOException e) {
    String message =
        e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
    return String.valueOf(message).lines().findFirst().orElse("");
  }

  private static RefusedCheckpointException refusal(long step, String problem, Object where) {
    return new RefusedCheckpointException(step, "manifest.json " + problem, where);
  }
}
