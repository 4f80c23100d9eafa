package ai.signal.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;

/** What src/goldens/losses.py wrote. */
final class TorchGoldens {
  private TorchGoldens() {}

  static JsonNode read(String name) {
    try {
      return new ObjectMapper().readTree(Path.of("src/test/resources/losses", name).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static float[] floats(JsonNode values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).floatValue();
    }
    return floats;
  }

  /** A test for each case. */
  static Stream<DynamicTest> cases(JsonNode goldens, Consumer<JsonNode> check) {
    return StreamSupport.stream(goldens.get("cases").spliterator(), false)
        .map(
            golden ->
                DynamicTest.dynamicTest(
                    golden.get("name").asText() + golden.get("parameters"),
                    () -> check.accept(golden)));
  }
}
