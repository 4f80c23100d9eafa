package ai.signal.checkpoint;

import ai.signal.storage.Content;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Checkpoints whose content follows from run and step, so that a reader can tell a whole one. */
final class Fixtures {
  static final String ADAPTER = "adapter/adapter.bin";
  static final String MOMENTS = "moments.bin";
  static final int ADAPTER_FLOATS = 60_000;
  static final int MOMENT_FLOATS = 120_000;

  private Fixtures() {}

  static RunIdentity run(String id) {
    return new RunIdentity(
        id, "demo-" + id, "sha256:0123", "digest-1", Map.of("signal", "0.1.0", "torch", "2.7.1"));
  }

  static float[] floats(long step, int salt, int count) {
    Random random = new Random(step * 31 + salt);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt()); // NaN and infinities too
    }
    return values;
  }

  static ObjectNode facts(long step) {
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts.put("seed", Long.MIN_VALUE + step).put("learning_rate", 1.0 / (step + 3));
    facts.putObject("evaluation").put("loss", 1.0 / (step + 1));
    return facts;
  }

  static Snapshot snapshot(long step) {
    Map<String, Content> files = new LinkedHashMap<>();
    files.put(ADAPTER, Floats.of(floats(step, 1, ADAPTER_FLOATS)));
    files.put(MOMENTS, Floats.of(floats(step, 2, MOMENT_FLOATS)));
    return new Snapshot(step, facts(step), files);
  }

  /** Loads everything and tells whether it is what {@link #snapshot} has. */
  static boolean isWhole(Checkpoint checkpoint) throws IOException {
    long step = checkpoint.manifest().step();
    return same(checkpoint, ADAPTER, floats(step, 1, ADAPTER_FLOATS))
        && same(checkpoint, MOMENTS, floats(step, 2, MOMENT_FLOATS))
        && checkpoint.manifest().facts().equals(facts(step));
  }

  private static boolean same(Checkpoint checkpoint, String file, float[] expected)
      throws IOException {
    float[] found =
        checkpoint.read(
            file,
            in -> {
              float[] values = new float[expected.length];
              Floats.read(in, values);
              return values;
            });
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToRawIntBits(found[i]) != Float.floatToRawIntBits(expected[i])) {
        return false;
      }
    }
    return true;
  }
}
